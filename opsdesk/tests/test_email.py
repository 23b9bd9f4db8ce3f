"""`opsdesk email post`: raw mails go as they are, and a mail server learns whether to try again."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk_support.terminal import Terminal

RAW = "From: jan@acme.example\nSubject: Down\n\nHelp.\n"
OPENED = {"id": "m-1", "outcome": "opened", "ticket": {"id": "t-1", "key": "OPS-7"}}
PATH = "POST /v1/emails"


def test_mails_in_files_are_posted_as_they_are(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses[PATH] = OPENED
    files = [tmp_path / "a.eml", tmp_path / "b.eml"]
    for file in files:
        file.write_text(RAW)
    output = terminal("email", "post", *map(str, files))
    assert output.count("opened OPS-7") == 2
    sent = ("POST", "/v1/emails", {"message/rfc822": RAW})
    assert terminal.services.requests == [sent, sent]


def test_what_was_held_back_is_said_with_the_next_step(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses[PATH] = {"id": "m-1", "outcome": "ignored", "ticket": None}
    (tmp_path / "a.eml").write_text(RAW)
    assert "opsdesk mails show m-1" in terminal("email", "post", str(tmp_path / "a.eml"))


def test_a_mail_from_the_input_that_is_not_stored_is_to_be_sent_again(terminal: Terminal) -> None:
    terminal.services.responses[PATH] = httpx.Response(503, json={"title": "Busy"})
    result = CliRunner().invoke(app, ["email", "post", "-"], input=RAW)
    assert result.exit_code == 75
    assert "Busy" in result.output
    terminal.services.responses[PATH] = OPENED
    assert CliRunner().invoke(app, ["email", "post", "-"], input=RAW).exit_code == 0


def test_where_nothing_is_set_up_no_mail_is_sent_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("OPSDESK_TOKEN", raising=False)
    result = CliRunner().invoke(app, ["email", "post", "-"], input=RAW)
    assert result.exit_code == 75
    assert "make run" in result.output


def test_a_file_that_is_not_there_stops_no_other(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses[PATH] = OPENED
    (tmp_path / "a.eml").write_text(RAW)
    names = [str(tmp_path / "no.eml"), str(tmp_path / "a.eml")]
    result = CliRunner().invoke(app, ["email", "post", *names])
    assert result.exit_code == 75
    assert "cannot be read" in result.output
    assert "opened OPS-7" in result.output
