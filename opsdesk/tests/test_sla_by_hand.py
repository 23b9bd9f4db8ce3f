"""What people do by hand at sla: waivers, corrections, maintenance, agreements, calendars, work."""

import json
from pathlib import Path

import pytest

from opsdesk.api_client import JSON
from opsdesk_support.sla_answers import AGREEMENT, ANSWERS, MAINTENANCE, STEPS
from opsdesk_support.terminal import Terminal, page_of, problem_response


@pytest.fixture
def desk(terminal: Terminal) -> Terminal:
    terminal.services.responses |= ANSWERS
    for step in STEPS:
        terminal.services.responses[f"POST /v1/agreements/house/{step}"] = AGREEMENT
    return terminal


def last(desk: Terminal) -> tuple[str, str, JSON]:
    return desk.services.requests[-1]


@pytest.mark.parametrize("verb", ["revoke", "withdraw"])
def test_an_approval_is_revoked_and_a_request_withdrawn_with_a_reason(
    desk: Terminal, verb: str
) -> None:
    assert "WVR-3 is" in desk("waivers", verb, "WVR-3", "The move is off")
    assert last(desk) == ("POST", f"/v1/waivers/WVR-3/{verb}", {"reason": "The move is off"})


def test_a_correction_is_asked_for_confirmed_and_refused(desk: Terminal) -> None:
    output = desk(
        "outages",
        "correct",
        "OUT-7",
        "Its clock was wrong",
        "--until",
        "2026-06-01T10:30",
        "--none",
    )
    assert "outages confirm OUT-7" in output
    body = {
        "ended_at": "2026-06-01T10:30:00+02:00",
        "reason": "Its clock was wrong",
        "counts": False,
    }
    assert last(desk) == ("POST", "/v1/outages/OUT-7/corrections", body)
    assert "OUT-7: 1 confirmed." in desk("outages", "confirm", "OUT-7")
    assert "OUT-7: 1 refused." in desk("outages", "refuse", "OUT-7")
    assert last(desk) == ("POST", "/v1/outages/OUT-7/corrections/c1/refuse", {})


def test_outage_rules_are_shown_with_what_waits(desk: Terminal) -> None:
    words = " ".join(desk("outages", "rules").split())
    assert "critical" in words
    assert "theo asked for rules by which nothing is an outage any more." in words
    assert "asked for" not in desk("outages", "rules", "--confirm")


def test_outage_rules_are_replaced_from_a_file(desk: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    file.write_text('{"rules": []}')
    desk.services.responses["PUT /v1/outage-rules"] = desk.services.responses[
        "GET /v1/outage-rules"
    ]
    words = " ".join(desk("outages", "rules", "--replace", str(file)).split())
    assert "They hold once another person has said" in words
    assert last(desk) == ("PUT", "/v1/outage-rules", {"rules": []})
    both = desk.fails("outages", "rules", "--replace", str(file), "--confirm")
    assert "Replace the rules, or confirm" in both


AS_ANNOUNCED = ("--from", "2026-06-01T09:00", "--until", "2026-06-01T11:00")


def test_who_agrees_to_maintenance_reads_its_window_before(desk: Terminal) -> None:
    agreed = desk.says("y\n", "maintenance", "agree", "MW-3")
    assert (
        agreed.index("New disks: ")
        < agreed.index("Agree that downtime")
        < agreed.index("is agreed")
    )
    read = {"starts_at": MAINTENANCE["starts_at"], "ends_at": MAINTENANCE["ends_at"]}
    assert last(desk) == ("POST", "/v1/maintenance/MW-3/agree", read)
    assert "Nobody has agreed" in desk.fails("maintenance", "agree", "MW-3", says="n\n")
    assert last(desk)[:2] == ("GET", "/v1/maintenance/MW-3")
    assert "Name both" in desk.fails("maintenance", "agree", "MW-3", "--from", "2026-06-01T09:00")


def test_maintenance_is_announced_agreed_and_cancelled(desk: Terminal) -> None:
    output = desk(
        "maintenance", "announce", "New disks", "--from", "2026-06-01T09:00", "--until",
        "2026-06-01T11:00", "--environment", "acme-prod",
    )  # fmt: skip
    assert "maintenance agree MW-3" in output
    times = {"starts_at": "2026-06-01T09:00:00+02:00", "ends_at": "2026-06-01T11:00:00+02:00"}
    body = {"title": "New disks", "environment": "acme-prod"} | times
    assert last(desk) == ("POST", "/v1/maintenance", body)
    assert "waiting for somebody to agree" in " ".join(desk("maintenance", "list").split())
    assert "MW-3 is agreed: " in desk("maintenance", "agree", "MW-3", *AS_ANNOUNCED)
    window = {"starts_at": "2026-06-01T09:00:00+02:00", "ends_at": "2026-06-01T11:00:00+02:00"}
    assert last(desk) == ("POST", "/v1/maintenance/MW-3/agree", window)
    moved = desk(
        "maintenance", "move", "MW-3", "--from", "2026-06-02T09:00", "--until", "2026-06-02T11:00"
    )
    assert "MW-3 is moved:" in moved
    assert "waiting for somebody to agree" in moved
    window = {"starts_at": "2026-06-02T09:00:00+02:00", "ends_at": "2026-06-02T11:00:00+02:00"}
    assert last(desk) == ("POST", "/v1/maintenance/MW-3/move", window)
    assert "MW-3 is cancelled." in desk("maintenance", "cancel", "MW-3")


def test_an_agreement_goes_from_a_file_to_its_end(desk: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "house.json"
    file.write_text(json.dumps({"key": "house", "house_default": True}))
    assert "agreements propose house" in desk("agreements", "draft", str(file))
    assert last(desk) == ("POST", "/v1/agreements", {"key": "house", "house_default": True})
    assert "is changed" in desk("agreements", "redraft", "house", str(file))
    for step in STEPS:
        assert "house, version 2 is proposed." in desk("agreements", step, "house")
        assert last(desk) == ("POST", f"/v1/agreements/house/{step}", {})
    desk.services.responses["POST /v1/agreements/house/decline"] = AGREEMENT | {"state": "draft"}
    assert "house, version 2 is draft." in desk("agreements", "decline", "house", "Too long")
    assert last(desk) == ("POST", "/v1/agreements/house/decline", {"reason": "Too long"})
    assert "confirm-end house" in desk("agreements", "end", "house", "Nobody uses it")
    assert "house is ended" in desk("agreements", "confirm-end", "house")
    assert "house goes on." in desk("agreements", "withdraw-end", "house")
    assert "being moved" in desk("agreements", "move", "house", "Better for all")
    listed = " ".join(desk("agreements", "list").split())
    assert "nobody: the default of the house" in listed
    shown = " ".join(desk("agreements", "show", "house").split())
    assert "theo, Mon 01 Jun 2026 09:00:00 CEST" in shown
    assert "resolution" in shown
    assert "8 hr" in shown
    matched = " ".join(desk("agreements", "match", "acme", "--service", "billing").split())
    assert "it is for all" in matched


def test_extra_hours_are_added_listed_and_ended_early(desk: Terminal) -> None:
    added = desk(
        "agreements", "extend", "house", "A go-live", "--from", "2026-06-01T09:00", "--until",
        "2026-06-01T11:00", "--priority", "blocker",
    )  # fmt: skip
    assert "from Mon 01 Jun 2026 09:00:00 CEST to" in added
    times = {"starts_at": "2026-06-01T09:00:00+02:00", "ends_at": "2026-06-01T11:00:00+02:00"}
    body = times | {"reason": "A go-live", "priorities": ["blocker"]}
    assert last(desk) == ("POST", "/v1/agreements/house/extensions", body)
    assert "A go-live" in desk("agreements", "cover", "house")
    assert "end early" in desk("agreements", "end-cover", "house", "e1", "It is over")
    assert last(desk)[2] == {"reason": "It is over"}


def test_both_sides_comment_on_a_version(desk: Terminal) -> None:
    assert "is stored" in desk("agreements", "comment", "house", "Six, then")
    assert last(desk)[2] == {"comment": "Six, then"}
    assert "Eight hours are long" in " ".join(desk("agreements", "comments", "house").split())


def test_a_file_that_cannot_be_taken_is_said_in_a_sentence(desk: Terminal, tmp_path: Path) -> None:
    assert "cannot be read" in desk.fails("agreements", "draft", str(tmp_path / "none.json"))
    for text, words in (("{", "is no JSON"), ("[]", "holds no object")):
        (tmp_path / "bad.json").write_text(text)
        assert words in desk.fails("calendars", "write", str(tmp_path / "bad.json"))
    assert "cannot be read" in desk.fails("calendars", "import", "office", str(tmp_path / "x.ics"))


def test_a_calendar_is_written_imported_and_published_by_two(
    desk: Terminal, tmp_path: Path
) -> None:
    file, feed = tmp_path / "office.json", tmp_path / "holidays.ics"
    file.write_text(json.dumps({"key": "office"}))
    feed.write_text("BEGIN:VCALENDAR")
    output = desk("calendars", "write", str(file), "--from", "2026-07-01T00:00")
    assert "opsdesk calendars publish c2" in output
    body = {"key": "office", "effective_from": "2026-07-01T00:00:00+02:00"}
    assert last(desk) == ("POST", "/v1/calendars", body)
    desk("calendars", "import", "office", str(feed))
    assert last(desk)[:2] == ("POST", "/v1/calendars/office/icalendar")
    assert "It holds from Mon 01 Jun 2026" in desk("calendars", "publish", "office")
    assert "office, version 2 is withdrawn." in desk("calendars", "withdraw", "office")
    assert "proposed" in " ".join(desk("calendars", "list").split())
    shown = " ".join(desk("calendars", "show", "office").split())
    assert "08:00-17:00" in shown
    assert "Christmas Day" in shown


def test_work_is_recorded_and_corrected(desk: Terminal) -> None:
    assert "WRK-7: 30 minutes on OPS-7" in desk(
        "work", "record", "OPS-7", "30", "--day", "2026-06-01"
    )
    body = {"ticket": "OPS-7", "minutes": 30, "day": "2026-06-01"}
    assert last(desk) == ("POST", "/v1/time-entries", body)
    assert "corrected by -10 minutes" in desk("work", "correct", "WRK-7", "20", "Lunch")
    assert "standard" in " ".join(desk("work", "list", "--ticket", "OPS-7").split())


def test_what_the_service_answers_is_printed_as_json(desk: Terminal) -> None:
    for words, key in (
        (("agreements", "show", "house"), "house"),
        (("calendars", "show", "office"), "office"),
        (("maintenance", "agree", "MW-3", *AS_ANNOUNCED), "MW-3"),
        (("work", "correct", "WRK-7", "20", "Lunch"), "WRK-7"),
        (("waivers", "revoke", "WVR-3", "The move is off"), "WVR-3"),
    ):
        assert json.loads(desk("--json", *words))["key"] == key


def test_a_refusal_is_said_as_the_service_says_it(desk: Terminal) -> None:
    refused = problem_response(403, "self-approval", "Forbidden", "Somebody else publishes it.")
    desk.services.responses["POST /v1/calendars/office/publish"] = refused
    assert "Somebody else publishes it." in desk.fails("calendars", "publish", "office")


def test_the_queue_is_narrowed_down(desk: Terminal) -> None:
    desk.services.responses["GET /v1/clocks"] = page_of()
    desk(
        "clocks", "list", "--team", "payments", "--broken", "--per-ticket", "--metric", "resolution"
    )
    query = {
        "metric": "resolution",
        "team": "payments",
        "breached": "true",
        "per": "ticket",
        "limit": "50",
    }
    assert last(desk) == ("GET", "/v1/clocks", query)
