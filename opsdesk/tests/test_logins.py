"""Several logins side by side, and files that strangers named."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from common.auth.local_issuer import LocalIssuer
from opsdesk import session
from opsdesk.__main__ import app
from opsdesk_support.terminal import FakeServices, Terminal, page_of


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def _log_in(tmp_path: Path, name: str, role: str) -> None:
    issuer = LocalIssuer(tmp_path / "issuer")
    session.save_login(name, issuer.issue(name, name=name.title(), roles=(role,)).token)


def test_the_last_login_counts_unless_another_one_is_named(
    services: FakeServices, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPSDESK_TOKEN")
    _log_in(tmp_path, "anna", "ops")
    _log_in(tmp_path, "gina", "gm")
    assert "Gina" in terminal("whoami")
    output = terminal("whoami", "--as", "anna")
    assert "Anna" in output
    assert "anna, gina" in output
    shown = json.loads(terminal("whoami", "--as=anna", "--json"))
    assert (shown["claims"]["sub"], shown["logins"]) == ("anna", ["anna", "gina"])
    services.responses["GET /v1/queue"] = page_of()
    terminal("queue", "--as", "anna")
    assert "You are not logged in as omar: opsdesk login omar" in terminal.fails(
        "queue", "--as", "omar"
    )
    assert "no name of a login" in terminal.fails("queue", "--as", "../../etc/passwd")
    assert (tmp_path / "config/opsdesk/logins/anna.json").stat().st_mode & 0o077 == 0


def test_a_token_of_the_environment_counts_unless_a_login_is_named(
    terminal: Terminal, tmp_path: Path
) -> None:
    _log_in(tmp_path, "anna", "ops")
    assert "none that says who you are" in terminal.fails("whoami")
    assert "Anna" in terminal("whoami", "--as", "anna")


MESSAGE = {
    "id": "m1",
    "at": "2026-06-01T07:10:00Z",
    "author": "contact/1",
    "author_name": "Jan",
    "attachments": [
        {"number": 0, "name": "log.txt", "media_type": "text/plain", "size": 5},
        {"number": 1, "name": "../../.bashrc", "media_type": "text/plain", "size": 5},
    ],
}


def test_files_are_listed_and_written_where_nothing_is(
    services: FakeServices, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere leads nowhere"""
    monkeypatch.chdir(tmp_path)
    services.responses |= {
        "GET /v1/tickets/OPS-7/messages": page_of(MESSAGE),
        "GET /v1/tickets/OPS-7/messages/m1/attachments/0": httpx.Response(200, content=b"hello"),
        "GET /v1/tickets/OPS-7/messages/m1/attachments/1": httpx.Response(200, content=b"worse"),
    }
    assert "log.txt" in terminal("attachments", "list", "7")
    assert "5 bytes are in log.txt." in terminal("attachments", "download", "7", "1")
    assert (tmp_path / "log.txt").read_bytes() == b"hello"
    assert "choose another: --to" in terminal.fails("attachments", "download", "7", "1")
    terminal("attachments", "download", "7", "2")
    assert (tmp_path / "bashrc").read_bytes() == b"worse"
    assert "OPS-7 has 2 files" in terminal.fails("attachments", "download", "7", "3")
    assert CliRunner().invoke(app, ["attachments", "download", "7", "0"]).exit_code == 2
