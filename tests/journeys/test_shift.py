"""A whole shift at a terminal, against running services: anna and omar side by side."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.endpoints import SERVICES, Endpoints

TOUR = re.compile(r"^    opsdesk (.+?)(?:\s{2,}#.*)?$", re.MULTILINE)
README = Path(__file__).parents[2] / "README.md"
HAND_OVER = (
    *("--seen", "Queue is full", "--tried", "Restart", "--excluded", "The network"),
    *("--asked", "Find out why it fills up", "--due-at", "2035-01-05T12:00"),
)


@pytest.fixture(autouse=True)
def _at_a_terminal(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for service in SERVICES:
        variable = f"OPSDESK_{service.upper().replace('-', '_')}_URL"
        monkeypatch.setenv(variable, endpoints.url(service))
    monkeypatch.setenv("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", endpoints.kafka)
    monkeypatch.setenv("OPSDESK_LOCAL_ISSUER_DIRECTORY", str(endpoints.issuer))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    monkeypatch.chdir(tmp_path)
    for name in ("omar", "sven", "jan", "anna"):
        run("login", name)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, f"{words}: {result.output}"
    return result.output


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1, f"{words}: {result.output}"
    return " ".join(result.output.split())


def opened(title: str, *more: str) -> str:
    return run("open", title, "--customer", "acme", *more).split()[0]


def test_a_ticket_goes_through_many_hands() -> None:
    """R1, R5"""
    key = opened("Invoices are not sent", "--environment", "acme-prod", "--priority", "major")
    number = key.removeprefix("OPS-")
    run("assign", number, "anna")
    run("time", "+1m")
    (row,) = json.loads(run("queue", "--mine", "--json"))["items"]
    assert (row["key"], row["next_promise"]["metric"]) == (key, "first_response")
    run("reply", number, "We look into it.")
    run("note", number, "Smells like the printer service")
    run("wait", number, "--reason", "Unclear", "--question", "Which invoices are concerned?")
    run("reply", number, "All of today", "--as", "jan")
    run("forward", number, *HAND_OVER)
    run("hand-back", number, "The disk was full, and is cleaned", "--fixed", "--as", "sven")
    assert "another person" in refused("resolve", number, "The disk was cleaned")
    run("hand-overs", "check-fix", number, "--checked", "All of today", "--works", "--as", "omar")
    run("workaround", number, "Send them by hand until noon")
    run("prioritise", number, "minor", "--reason", "Only today's")
    assert "another person" in refused("confirm-priority", number)
    run("confirm-priority", number, "--as", "omar")
    run("resolve", number, "The disk was cleaned")
    assert key in run("mine", "--kind", "verify", "--as", "omar")
    assert "another person" in refused("verify", number)
    run("reject", number, "--reason", "Still two left", "--as", "omar")
    run("resolve", number, "All were sent")
    run("verify", number, "--as", "omar")
    run("close", number)
    run("reopen", number, "--reason", "It is back")
    shown = " ".join(run("show", number).split())
    for words in ("Jan", "All of today", "You may: reply"):
        assert words in shown
    history = run("history", number)
    assert "rejected the resolution: Still two left" in history
    assert "Smells" not in run("show", number, "--as", "jan")


def test_what_was_written_is_found() -> None:
    key = opened("The quarterly export crashes", "--description", "Error 0x80070005")
    run("note", key, "zebrafinch")
    run("time", "+1m")
    for _ in range(50):
        if key in run("search", "zebrafinch"):
            break
        run("time", "+1m")
    assert key in run("search", "quarterly", "crash")
    assert key in run("search", "0x80070005", "--as", "jan")
    assert key not in run("search", "zebrafinch", "--as", "jan")


def test_duplicates_calls_and_views() -> None:
    first, second = opened("Login fails"), opened("Login fails again")
    assert "is merged into" in run("merge", second, first)
    called = run(
        "phone", "No login since nine", "--customer", "acme", "--opened-at", "2026-01-05T09:00"
    )
    key = called.split()[0]
    assert json.loads(run("show", key, "--json"))["channel"] == "phone"
    run("views", "save", "Of Acme", "--customer", "acme", "--shared")
    assert key in run("queue", "--view", "Of Acme", "--limit", "200", "--as", "omar")
    assert "somebody else's" in refused("views", "delete", "Of Acme", "--as", "omar")
    run("views", "delete", "Of Acme")


def test_errors_speak_of_options() -> None:
    """I5"""
    output = refused("open", "x", "--customer", "acmee")
    assert "--customer: there is no customer 'acmee'; did you mean acme?" in output
    assert "PERSON: there is no person 'omr'" in refused("assign", opened("x"), "omr")
    assert "--opened-at" in refused(
        "phone", "x", "--customer", "acme", "--opened-at", "2999-01-01T09:00"
    )
    assert "opsdesk login nobody" in refused("queue", "--as", "nobody")


def test_the_tour_of_the_readme_works_on_any_day() -> None:
    """Its commands, as they stand there; promises of a blocker do not sleep on a Sunday"""
    tour = README.read_text(encoding="utf-8").split("## A tour")[1].split("\n## ")[0]
    lines = [line for line in TOUR.findall(tour) if not line.startswith("demo")]
    assert len(lines) >= 8
    outputs = {line: run(*_words(line)) for line in lines}
    (events,) = [output for line, output in outputs.items() if line.startswith("events tail")]
    assert len(events.splitlines()) == 3
    (moved,) = [output for line, output in outputs.items() if line.startswith("time ")]
    assert "due at" in moved


def _words(line: str) -> list[str]:
    return [one.strip('"') for one in re.findall(r'"[^"]*"|\S+', line)]
