"""`opsdesk` at a terminal, against running services."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opsdesk.__main__ import app
from opsdesk.endpoints import SERVICES, Endpoints


@pytest.fixture(autouse=True)
def _at_a_terminal(endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for service in SERVICES:
        monkeypatch.setenv(
            f"OPSDESK_{service.upper().replace('-', '_')}_URL", endpoints.url(service)
        )
    monkeypatch.setenv("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", endpoints.kafka)
    monkeypatch.setenv("OPSDESK_LOCAL_ISSUER_DIRECTORY", str(endpoints.issuer))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Amsterdam")


def _opsdesk(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def _output_of(*words: str) -> str:
    result = _opsdesk(*words)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_ticket_is_opened_and_shown_with_its_clocks() -> None:
    """Open, let time pass, look: the promise that ran out is shown as broken."""
    _output_of("login", "anna")
    opened = _output_of("tickets", "open", "The portal is slow", "--customer", "acme")
    key = opened.split()[0]
    assert key in _output_of("tickets", "list", "--customer", "acme")
    moved = _output_of("time", "+14d")
    assert moved.count("due at") >= 8
    assert "in OpsDesk" in moved
    shown = _output_of("tickets", "show", key)
    assert "The portal is slow" in shown
    assert "first_response" in shown
    assert "breached" in shown
    assert key in _output_of("clocks", "list", "--ticket", key)
    assert "missed-promise" in _output_of("escalations", "list", "--ticket", key)


def test_how_promises_stand_and_what_will_break_is_shown() -> None:
    _output_of("login", "dana")
    opened = _output_of("tickets", "open", "The portal is slow again", "--customer", "acme")
    key = opened.split()[0]
    _output_of("time", "+1m")
    status = _output_of("status")
    assert "Acme Logistics" in status
    assert "Brightwater Clinic" in status
    forecast = _output_of("forecast", "--ticket", key)
    assert f"{key} resolution:" in forecast
    assert "of support time are left" in forecast
    assert "Forecasts" in _output_of("forecast", "--customer", "acme")


def test_a_waiver_is_asked_for_and_approved_with_the_time_left_in_sight() -> None:
    """R2: by another person, who sees how long there is to decide"""
    _output_of("login", "anna")
    opened = _output_of("tickets", "open", "The export is slow", "--customer", "acme")
    ticket = opened.split()[0]
    _output_of("time", "+1m")
    until = ("--until", "2035-01-01T12:00")
    asked = _output_of(
        "waivers", "request", "The index is built at night", "--ticket", ticket, *until
    )
    key = asked.split()[0]
    assert f"{key} is requested: resolution of {ticket}." in asked
    assert "Time left for the general manager: " in asked
    denied = _opsdesk("waivers", "approve", key)
    assert (denied.exit_code, len(denied.output.splitlines())) == (1, 1)
    _output_of("login", "gina")
    listed = _output_of("waivers", "list", "--customer", "acme")
    assert f"resolution of {ticket}" in listed
    (row,) = [line for line in listed.splitlines() if key in line]
    assert re.search(r"│ \d+ (hr|min|sec)\b", row), "on the hour there are no minutes"
    assert f"opsdesk waivers approve {key}" in _output_of("waivers", "show", key)
    approved = _output_of("waivers", "approve", key, "--reason", "As agreed with the clinic")
    assert "It covers breaches before Mon 01 Jan 2035 12:00:00 CET." in approved
    assert key in _output_of("waivers", "list", "--state", "approved")


def test_an_outage_reported_by_hand_is_escalated_until_it_is_over() -> None:
    """R3, R5"""
    _output_of("login", "anna")
    opened = _output_of("outages", "open", "Nobody can pay", "--environment", "acme-prod")
    key = opened.split()[0]
    _output_of("time", "+1m")
    _output_of("login", "dana")
    (case,) = [line for line in _output_of("escalations", "list").splitlines() if f"{key}:" in line]
    assert "acme-prod is down, reported" in case
    _output_of("login", "anna")
    assert "has ended after" in _output_of("outages", "end", key, "--reason", "Restarted")
    _output_of("time", "+1m")
    assert f"{key}:" in _output_of("escalations", "list", "--state", "resolved")


def test_one_person_makes_no_outage_for_everybody() -> None:
    """I5, R1: a typing error is refused, the whole customer base is asked for, a second person counts."""
    _output_of("login", "theo")
    listed = _output_of("outages", "list")
    for words in (
        ("--service", "nope"),
        ("--service", "nope", "--scope", "everybody"),
        ("--service", "billing"),
    ):
        assert _opsdesk("outages", "open", "Nobody can log in", *words).exit_code == 1
    near = _opsdesk("outages", "open", "No login", "--service", "biling", "--scope", "everybody")
    assert "there is no service 'biling'; did you mean billing?" in " ".join(near.output.split())
    assert _output_of("outages", "list") == listed
    asked = ("outages", "open", "Nobody can pay", "--service", "billing", "--scope", "everybody")
    opened = _output_of(*asked)
    key = opened.split()[0]
    assert f"{key} is reported and does not count yet" in opened
    assert _opsdesk("outages", "confirm", key).exit_code == 1
    assert key not in _output_of("outages", "availability", "--customer", "acme")
    _output_of("login", "gina")
    assert f"{key}: 1 confirmed." in _output_of("outages", "confirm", key)
    _output_of("time", "+1m")
    assert key in _output_of("outages", "availability", "--customer", "acme")
    _output_of("login", "theo")
    _output_of("outages", "end", key)


def test_any_topic_can_be_followed() -> None:
    output = _output_of("events", "tail", "opsdesk.directory", "--from-start", "--count", "3")
    assert len(output.splitlines()) == 3
    assert "directory." in output


def test_who_is_on_call_is_shown() -> None:
    _output_of("login", "gina")
    assert "first-level" in _output_of("oncall")


def test_time_goes_forwards_only() -> None:
    result = _opsdesk("time", "--to", "2020-01-01T09:00")
    assert result.exit_code == 1
    assert "forwards" in result.output


def test_a_denial_is_one_sentence() -> None:
    _output_of("login", "jan")
    result = _opsdesk("escalations", "list")
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert "escalations:read" in result.output


def test_a_revoked_token_opens_nothing() -> None:
    _output_of("login", "theo")
    token = _output_of("token", "issue", "robot", "--scope", "alerts:write").strip()
    assert "is revoked" in _output_of("token", "revoke", token, "--reason", "It leaked.")
