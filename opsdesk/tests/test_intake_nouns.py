"""`opsdesk hand-overs | problems | changes | access | notices`: what is sent, and what is output."""

import json
from pathlib import Path

import httpx

from opsdesk_support.terminal import Terminal, page_of

RECORD = {
    "number": 1,
    "to": "partner",
    "partner": "hosthaven",
    "partner_reference": "INC1",
    "by": "anna",
    "at": "2026-06-01T02:20:00Z",
    "asked": "Find it.",
    "due_at": "2026-06-02T02:20:00Z",
    "seen": "s",
    "tried": "t",
    "excluded": "e",
    "delivery_managers": ["dana", "dora"],
    "product_owners": [],
    "dm_acknowledged_by": "dana",
    "po_acknowledged_by": None,
    "found": None,
    "fix_works": None,
    "fix_checked_by": None,
}
PROBLEM = {
    "key": "OPS-9",
    "title": "Invoices stop",
    "state": "known_error",
    "customer": "acme",
    "service": "billing",
    "symptoms": "E42",
    "incidents": ["OPS-7"],
    "cause_steps": [{"question": "Why?", "answer": "So."}],
    "root_cause": "No limit.",
    "workaround": "Empty it.",
    "change_request": None,
    "backlog_reference": None,
    "staging_verified_by": "omar",
    "production_verified_by": None,
    "given_up_reason": "The product ends.",
    "given_up_by": "anna",
    "given_up_confirmed_by": None,
}
CHANGE = {
    "key": "OPS-8",
    "title": "Another currency",
    "state": "new",
    "nature": "adaptive",
    "estimate_seconds": 7200,
    "note": None,
    "decision": None,
    "decision_reason": None,
    "month": None,
    "sprint": None,
    "delivery": None,
    "delivered_at": None,
    "no_environment_reason": None,
    "no_environment_by": None,
    "no_environment_confirmed_by": None,
}
ACCESS = {
    "key": "ACC-1",
    "state": "removal_owed",
    "person": "sven",
    "environment": None,
    "resource": "db-1",
    "level": "read",
    "until": "2026-06-30",
    "owed_removal": "left",
}
NOTICE = {
    "key": "NTC-1",
    "state": "due",
    "kind": "outage",
    "stage": "started",
    "source_key": "OUT-7",
    "customer": "acme",
    "environment": "acme-prod",
    "starts_at": "2026-06-01T02:20:00Z",
    "ends_at": None,
    "decided_by": "anna",
    "dismissal_asked_by": None,
    "mails": [
        {"contact_id": "c1", "language": "nl", "state": "sent", "settled_at": None, "problem": None}
    ],
    "subjects": {"en": "[OUT-7] Disruption of acme-prod"},
}


def test_hand_overs_are_shown_and_acknowledged(terminal: Terminal) -> None:
    responses, on = terminal.services.responses, "/v1/tickets/OPS-7/hand-overs"
    responses[f"GET {on}"] = page_of(RECORD)
    shown = terminal("hand-overs", "list", "OPS-7")
    assert "INC1" in shown
    assert "dana, dora" in shown
    responses[f"POST {on}/1/acknowledge"] = RECORD
    assert "the product owner has not yet" in terminal("hand-overs", "acknowledge", "OPS-7")
    responses[f"POST {on}/1/check-fix"] = RECORD | {"fix_works": False}
    output = terminal("hand-overs", "check-fix", "OPS-7", "--fails", "--checked", "ten invoices")
    assert "forward the ticket again" in output
    assert terminal.services.requests[-1][2] == {"works": False, "checked": "ten invoices"}


def test_a_why_needs_its_answer(terminal: Terminal) -> None:
    terminal.services.responses["PUT /v1/problems/OPS-9/cause"] = PROBLEM
    command = ("problems", "cause", "OPS-9", "--root-cause", "No limit.", "--why")
    assert "omar" in terminal(*command, "Why? = So.")
    assert terminal.services.requests[-1][2] == {
        "root_cause": "No limit.",
        "whys": [{"question": "Why?", "answer": "So."}],
    }
    assert "has no answer" in terminal.fails(*command, "Why?")


def test_a_problem_is_given_up_by_two(terminal: Terminal) -> None:
    path = "POST /v1/problems/OPS-9/give-up"
    terminal.services.responses |= {path: PROBLEM, f"{path}/confirm": PROBLEM}
    output = terminal("problems", "give-up", "OPS-9", "--reason", "The product ends.")
    assert "will not be fixed" in output
    assert terminal.services.requests[-1][2] == {"reason": "The product ends."}
    assert "anna" in terminal("problems", "confirm-give-up", "OPS-9")


def test_known_errors_are_suggested_with_their_workarounds(terminal: Terminal) -> None:
    where = "GET /v1/tickets/OPS-7/suggestions"
    terminal.services.responses[where] = {"known_errors": [PROBLEM]}
    assert "Empty it." in terminal("problems", "suggest", "OPS-7")
    terminal.services.responses[where] = {"known_errors": []}
    assert "Nothing known" in terminal("problems", "suggest", "OPS-7")


def test_changes_are_estimated_in_hours_and_booked(terminal: Terminal) -> None:
    terminal.services.responses["PUT /v1/change-requests/OPS-8/estimate"] = CHANGE
    assert "adaptive" in terminal("changes", "estimate", "OPS-8", "2h")
    assert terminal.services.requests[-1][2] == {"estimate_seconds": 7200}
    terminal.services.responses["POST /v1/change-requests/OPS-8/booking"] = CHANGE
    terminal("changes", "book", "OPS-8", "--month", "2026-06")
    assert terminal.services.requests[-1][2] == {"month": "2026-06"}
    terminal.services.responses["GET /v1/change-requests"] = page_of(CHANGE)
    assert "Another currency" in terminal("changes", "list", "--waiting")


def test_accesses_are_listed_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses["GET /v1/access-requests"] = page_of(ACCESS)
    assert "left" in terminal("access", "list", "--waiting-for", "removal")
    csv = httpx.Response(200, text="key\r\nACC-1\r\n")
    terminal.services.responses["GET /v1/access-requests/evidence"] = csv
    file = tmp_path / "accesses.csv"
    assert terminal("access", "export", str(file)).strip().endswith(": 1.")
    assert file.read_bytes() == b"key\r\nACC-1\r\n"
    terminal.services.responses["POST /v1/access-requests/ACC-1/remove"] = ACCESS
    assert "ACC-1 is removal owed" in terminal("access", "remove", "ACC-1")


def _lines(*parts: str, count: int) -> httpx.Response:
    """An export as a service sends it; `count` as its last line has it."""
    lines = [json.dumps({"part": part, "record": {}}) for part in parts]
    end = json.dumps({"part": "end", "record": {"records": count}})
    return httpx.Response(200, text="".join(f"{line}\n" for line in (*lines, end)))


def test_everything_about_a_contact_is_in_one_file(terminal: Terminal, tmp_path: Path) -> None:
    """Of both services that store what is no copy, and never half of it (R16)."""
    file = tmp_path / "jan.jsonl"
    terminal.services.responses |= {
        "GET /v1/callers": {"items": [{"contact_id": "c1"}]},
        "GET intake/v1/contacts/c1/export": _lines("contact", "tickets", count=2),
        "GET sla/v1/contacts/c1/export": _lines("comments", count=7),
    }
    broken = terminal.fails("contacts", "export", "jan@acme.example", str(file))
    assert "sla stopped after 1 records" in broken
    assert not file.exists()
    terminal.services.responses["GET sla/v1/contacts/c1/export"] = _lines("comments", count=1)
    output = terminal("contacts", "export", "jan@acme.example", str(file))
    assert "2 of intake, 1 of sla" in output
    found = [json.loads(line) for line in file.read_text().splitlines()]
    services = [(one["service"], one["part"]) for one in found]
    assert services == [("intake", "contact"), ("intake", "tickets"), ("sla", "comments")]
    assert file.stat().st_mode & 0o077 == 0
    assert "choose another" in terminal.fails("contacts", "export", "c1", str(file))
    assert len(file.read_text().splitlines()) == 3
    terminal.services.responses["GET /v1/callers"] = {"items": []}
    nobody = terminal.fails("contacts", "export", "eve@evil.example", str(tmp_path / "eve"))
    assert "No contact has the address" in nobody
    assert not (tmp_path / "eve").exists()


def test_who_has_read_is_shown(terminal: Terminal) -> None:
    """R16"""
    read = {"subject": "ticket/1", "key": "OPS-7", "who": "anna", "name": "Anna de Vries"}
    read["hour"] = "2026-06-01T07:00:00Z"
    terminal.services.responses["GET /v1/reads"] = page_of(read)
    output = terminal("reads", "--ticket", "7")
    assert "Anna de Vries" in output
    assert terminal.services.requests[-1][2] == {"limit": "50", "ticket": "OPS-7"}


def test_a_notice_is_dismissed_by_two(terminal: Terminal) -> None:
    """R1"""
    asked = NOTICE | {"state": "proposed", "dismissal_asked_by": "anna", "decided_by": None}
    terminal.services.responses["POST /v1/notices/NTC-1/dismiss"] = asked
    assert "Somebody else must dismiss it as well" in terminal("notices", "dismiss", "NTC-1")
    terminal.services.responses["POST /v1/notices/NTC-1/dismiss"] = asked | {"state": "dismissed"}
    done = terminal("notices", "dismiss", "NTC-1")
    assert "NTC-1 is dismissed" in done
    assert "Somebody else" not in done


def test_notices_are_sent_and_proven(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/notices/NTC-1/send"] = NOTICE
    assert "NTC-1 is due: [OUT-7]" in terminal("notices", "send", "NTC-1")
    terminal.services.responses["GET /v1/notices/NTC-1"] = NOTICE
    assert "sent" in terminal("notices", "show", "NTC-1")
    terminal.services.responses["GET /v1/notices"] = page_of(NOTICE)
    assert "outage started" in terminal("notices", "list")


def test_a_product_owner_records_where_the_fix_is_in_the_backlog(terminal: Terminal) -> None:
    path = "/v1/problems/OPS-9/backlog-item"
    terminal.services.responses[f"PUT {path}"] = PROBLEM | {"backlog_reference": "BIL-812"}
    assert "BIL-812" in terminal("problems", "backlog-item", "OPS-9", "BIL-812")
    assert terminal.services.requests == [("PUT", path, {"reference": "BIL-812"})]
