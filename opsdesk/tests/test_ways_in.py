"""Files, phone notes, callers, forms and imports at the terminal."""

import json
from pathlib import Path

import pytest

from opsdesk_support.terminal import Terminal, page_of

TICKET = {
    "key": "OPS-7",
    "customer": "acme",
    "opened_at": "2030-01-07T08:00:00Z",
    "priority": "major",
}
CALLER = {
    "contact_id": "c-1",
    "name": "Kim",
    "customer": "acme",
    "customer_name": "Acme",
    "timezone": "Europe/Amsterdam",
    "language": "nl",
    "open_count": 1,
    "tickets": [
        {
            "key": "OPS-7",
            "priority": "major",
            "state": "new",
            "assignee": None,
            "is_own": True,
            "title": "Down",
        }
    ],
}


def test_a_caller_is_shown_with_what_is_open(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/callers"] = {"number": "+31205550123", "items": [CALLER]}
    output = " ".join(terminal("caller", "020 555 0123").split())
    assert "Kim, Acme (acme)" in output
    assert "OPS-7" in output
    assert terminal.services.requests == [("GET", "/v1/callers", {"phone": "020 555 0123"})]
    terminal.services.responses["GET /v1/callers"] = {"number": None, "items": []}
    assert "Nobody in the directory has x@y.example." in terminal("caller", "x@y.example")


def test_a_phone_note_says_who_called_and_when(terminal: Terminal) -> None:
    terminal.services.responses["POST /v1/tickets"] = TICKET
    words = ("phone-note", "Slow", "--from", "020 555", "--opened-at", "2030-01-07T09:00+01:00")
    assert "OPS-7 is open for acme" in terminal(*words)
    (_, _, body) = terminal.services.requests[0]
    assert (body["channel"], body["contact"]) == ("phone", "020 555")
    assert body["opened_at"].startswith("2030-01-07T")
    assert "--opened-at" in terminal.fails("phone-note", "x", "--from", "1", "--opened-at", "nine")


def test_a_file_that_is_not_there_is_said_before_anything_is_sent(
    terminal: Terminal, tmp_path: Path
) -> None:
    assert "There is no file" in terminal.fails("attach", "OPS-7", str(tmp_path / "no.log"))
    assert terminal.services.requests == []


def test_the_lines_that_were_refused_are_named(terminal: Terminal, tmp_path: Path) -> None:
    items = [{"line": 3, "problems": ["name: too short"]}, {"line": 2, "problems": []}]
    terminal.services.responses["POST /v1/imports/contacts"] = {
        "dry_run": True,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "not_understood": ["birthday"],
        "items": items,
    }
    file = tmp_path / "contacts.csv"
    file.write_text('""')
    output = " ".join(terminal("import", "contacts", str(file), "--dry-run").split())
    for words in ("name: too short", "birthday", "Nothing was stored", "1 created"):
        assert words in output
    assert "cannot be read" in terminal.fails("import", "contacts", str(tmp_path / "none.csv"))


@pytest.mark.parametrize(("known", "path"), [([], ""), (["access"], "/access/versions")])
def test_a_form_is_published_or_its_next_version(
    terminal: Terminal, tmp_path: Path, known: list[str], path: str
) -> None:
    forms = page_of(*({"key": key} for key in known))
    terminal.services.responses["GET /v1/request-forms"] = forms
    terminal.services.responses[f"POST /v1/request-forms{path}"] = {"version": 1 + len(known)}
    file = tmp_path / "form.json"
    file.write_text(json.dumps({"title": "Access", "schema": {"type": "object"}}))
    assert f"version {1 + len(known)}" in terminal("forms", "publish", "access", str(file))
    file.write_text("[]")
    assert "one object" in terminal.fails("forms", "publish", "access", str(file))


KIM = {
    "id": "c-1",
    "name": "Kim",
    "address": "kim@acme.example",
    "other_addresses": ["k@acme.example"],
    "phone": None,
    "other_phones": ["020 555"],
    "language": "nl",
    "retired": False,
    "counts_for": "anna",
}


def test_a_contact_is_found_by_any_address_and_changed(terminal: Terminal) -> None:
    path = "/v1/customers/acme/contacts"
    terminal.services.responses[f"GET {path}"] = page_of(KIM)
    terminal.services.responses[f"PATCH {path}/c-1"] = KIM
    assert "k@acme.example" in terminal("contacts", "list", "acme")
    output = terminal("contacts", "change", "acme", "K@acme.example", "--also", "kim@home.example")
    assert "they count as anna" in output
    assert terminal.services.requests[-1] == (
        "PATCH",
        f"{path}/c-1",
        {"other_addresses": ["kim@home.example"]},
    )
    assert "Say what to change" in terminal.fails("contacts", "change", "acme", "c-1")
    wrong = terminal.fails("contacts", "confirm", "acme", "nobody@acme.example")
    assert "has no contact with the address" in wrong
