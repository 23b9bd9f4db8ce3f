"""The command: its help, and errors as one sentence with exit code 1."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from common.auth.local_issuer import LocalIssuer
from opsdesk.__main__ import app
from opsdesk.commands.token import read_claims
from opsdesk.errors import CliError

runner = CliRunner()


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # PostgreSQL's user must be able to enter a state folder, which pytest's own folder forbids.
    monkeypatch.setattr("opsdesk_local.state.unprivileged_user", lambda: None)
    monkeypatch.setenv("OPSDESK_STATE", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("OPSDESK_TOKEN", raising=False)


def test_all_commands_are_listed() -> None:
    output = runner.invoke(app, ["--help"]).output
    for command in (
        "login",
        "time",
        "demo",
        "tickets",
        "clocks",
        "status",
        "forecast",
        "waivers",
        "outages",
        "escalations",
        "oncall",
        "events",
    ):
        assert command in output


def test_without_a_running_opsdesk_the_way_to_start_it_is_reported() -> None:
    output = runner.invoke(app, ["time"])
    assert output.exit_code == 1
    assert "make run" in output.output


def test_without_a_login_the_way_to_log_in_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_INTAKE_URL", "http://127.0.0.1:9")
    output = runner.invoke(app, ["tickets", "list"])
    assert output.exit_code == 1
    assert "opsdesk login anna" in output.output


def test_a_service_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_INTAKE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPSDESK_TOKEN", "x")
    output = runner.invoke(app, ["tickets", "list"])
    assert output.exit_code == 1
    assert "intake does not answer" in output.output


def test_anna_logs_in_by_the_local_issuer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPSDESK_INTAKE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPSDESK_LOCAL_ISSUER_DIRECTORY", str(tmp_path))
    output = runner.invoke(app, ["login", "anna"])
    assert output.exit_code == 0
    assert "Anna de Vries (ops)" in output.output


def test_a_stranger_cannot_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    output = runner.invoke(app, ["login", "mallory"])
    assert output.exit_code == 1
    assert "Nobody is called mallory" in output.output


def test_a_token_is_named_by_what_it_says(tmp_path: Path) -> None:
    issued = LocalIssuer(tmp_path).issue("monitor", scope="alerts:write")
    assert read_claims(issued.token)["jti"] == issued.jti
    with pytest.raises(CliError, match="not a token"):
        read_claims("not.a.token")
