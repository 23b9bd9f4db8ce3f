"""`opsdesk` at a terminal, against running services."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opsdesk.__main__ import app
from opsdesk.endpoints import SERVICES, Running


@pytest.fixture(autouse=True)
def _at_a_terminal(running: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for service in SERVICES:
        monkeypatch.setenv(f"OPSDESK_{service.upper().replace('-', '_')}_URL", running.url(service))
    monkeypatch.setenv("OPSDESK_KAFKA", running.kafka)
    monkeypatch.setenv("OPSDESK_LOCAL_ISSUER", str(running.issuer))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Amsterdam")


def _opsdesk(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def _told(*words: str) -> str:
    result = _opsdesk(*words)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_ticket_is_opened_and_shown_with_its_clocks() -> None:
    """Open, let time pass, look: the promise that ran out is shown as broken."""
    _told("login", "anna")
    opened = _told("tickets", "open", "The portal is slow", "--customer", "acme")
    key = opened.split()[0]
    assert key in _told("tickets", "list", "--customer", "acme")
    moved = _told("time", "+14d")
    assert moved.count("due at") >= 8
    assert "in OpsDesk" in moved
    shown = _told("tickets", "show", key)
    assert "The portal is slow" in shown
    assert "first_response" in shown
    assert "breached" in shown
    assert key in _told("clocks", "list", "--ticket", key)
    assert "missed-promise" in _told("escalations", "list", "--ticket", key)


def test_how_promises_stand_and_what_will_break_is_shown() -> None:
    _told("login", "dana")
    opened = _told("tickets", "open", "The portal is slow again", "--customer", "acme")
    key = opened.split()[0]
    _told("time", "+1m")
    standing = _told("status")
    assert "Acme Logistics" in standing
    assert "Brightwater Clinic" in standing
    assert "#token=" in _told("status", "--page")
    told = _told("forecast", "--ticket", key)
    assert f"{key} resolution:" in told
    assert "of support time are left" in told
    assert "Forecasts" in _told("forecast", "--customer", "acme")


def test_a_waiver_is_asked_for_and_approved_with_the_time_left_in_sight() -> None:
    """R2: by another person, who sees how long there is to decide"""
    _told("login", "anna")
    opened = _told("tickets", "open", "The export is slow", "--customer", "acme")
    ticket = opened.split()[0]
    _told("time", "+1m")
    until = ("--until", "2035-01-01T12:00")
    asked = _told("waivers", "request", "The index is built at night", "--ticket", ticket, *until)
    key = asked.split()[0]
    assert f"{key} is requested: resolution of {ticket}." in asked
    assert "Time left for the general manager: " in asked
    denied = _opsdesk("waivers", "approve", key)
    assert (denied.exit_code, len(denied.output.splitlines())) == (1, 1)
    _told("login", "gina")
    listed = _told("waivers", "list", "--customer", "acme")
    assert f"resolution of {ticket}" in listed
    assert " min" in listed
    assert f"opsdesk waivers approve {key}" in _told("waivers", "show", key)
    approved = _told("waivers", "approve", key, "--reason", "As agreed with the clinic")
    assert "It covers what breaks before Mon 01 Jan 2035 12:00:00 CET." in approved
    assert key in _told("waivers", "list", "--state", "approved")


def test_an_outage_reported_by_hand_is_escalated_until_it_is_over() -> None:
    """R3, R5"""
    _told("login", "anna")
    opened = _told("outages", "open", "Nobody can pay", "--environment", "acme-prod")
    key = opened.split()[0]
    _told("time", "+1m")
    _told("login", "dana")
    (case,) = [line for line in _told("escalations", "list").splitlines() if f"{key}:" in line]
    assert "acme-prod is down, reported" in case
    _told("login", "anna")
    assert "has ended after" in _told("outages", "end", key, "--reason", "Restarted")
    _told("time", "+1m")
    assert f"{key}:" in _told("escalations", "list", "--state", "resolved")


def test_any_topic_can_be_followed() -> None:
    told = _told("events", "tail", "opsdesk.directory", "--from-start", "--count", "3")
    assert len(told.splitlines()) == 3
    assert "directory." in told


def test_who_is_on_call_is_shown() -> None:
    _told("login", "gina")
    assert "first-level" in _told("oncall")


def test_time_goes_forwards_only() -> None:
    told = _opsdesk("time", "--to", "2020-01-01T09:00")
    assert told.exit_code == 1
    assert "forwards" in told.output


def test_a_denial_is_one_sentence() -> None:
    _told("login", "jan")
    told = _opsdesk("escalations", "list")
    assert told.exit_code == 1
    assert len(told.output.splitlines()) == 1
    assert "escalations:read" in told.output


def test_a_revoked_token_opens_nothing() -> None:
    _told("login", "theo")
    token = _told("token", "issue", "robot", "--scope", "alerts:write").strip()
    assert "opens nothing any more" in _told("token", "revoke", token)
