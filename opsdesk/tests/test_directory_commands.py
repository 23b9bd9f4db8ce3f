"""`opsdesk customers | environments | partners | staff`, and the end of contacts: what is sent, and output."""

from pathlib import Path
from typing import Any

import pytest

from opsdesk_support.terminal import Terminal, page_of

CUSTOMER: dict[str, Any] = {
    "id": "c-1",
    "key": "acme",
    "name": "Acme",
    "timezone": "Europe/Amsterdam",
    "language": "nl",
    "tier": None,
    "retired": False,
    "end_asked_by": None,
    "end_asked_at": None,
    "sequence": 1,
}
ASKED = CUSTOMER | {"end_asked_by": "anna", "end_asked_at": "2026-06-01T07:00:00Z"}
ENVIRONMENT = CUSTOMER | {"key": "acme-prod", "name": "Production", "tier": "production"}
PARTNER: dict[str, Any] = {
    "id": "p-1",
    "key": "hosthaven",
    "name": "Hosthaven",
    "timezone": "UTC",
    "email": None,
    "retired": True,
    "sequence": 1,
}
PERSON: dict[str, Any] = {
    "id": "s-1",
    "sub": "sven",
    "name": "Sven",
    "email": "sven@ours.example",
    "phone": None,
    "timezone": "UTC",
    "roles": ["second_level"],
    "retired": False,
    "pending": {"roles": ["tom"], "ends": False, "requested_by": "anna", "requested_at": "x"},
    "sequence": 1,
}
CONTACT: dict[str, Any] = {
    "id": "k-1",
    "name": "Kim",
    "address": "kim@acme.example",
    "other_addresses": [],
    "retired": True,
}


@pytest.mark.parametrize(
    ("command", "path", "one", "words"),
    [
        (("customers", "list"), "/v1/customers", ASKED, "anna asked for the end"),
        (
            ("environments", "list", "acme"),
            "/v1/customers/acme/environments",
            ENVIRONMENT,
            "production",
        ),
        (("partners", "list"), "/v1/partners", PARTNER, "ended"),
        (("staff", "list"), "/v1/people", PERSON, "anna asked for the roles tom"),
    ],
)
def test_the_directory_is_listed(
    terminal: Terminal, command: tuple[str, ...], path: str, one: dict[str, Any], words: str
) -> None:
    terminal.services.responses[f"GET {path}"] = page_of(one)
    output = " ".join(terminal(*command).split())
    assert words.split()[0] in output


@pytest.mark.parametrize(
    ("words", "path", "one"),
    [
        ("customers show acme", "/v1/customers/acme", ASKED),
        (
            "environments show acme acme-prod",
            "/v1/customers/acme/environments/acme-prod",
            ENVIRONMENT,
        ),
        ("partners show hosthaven", "/v1/partners/hosthaven", PARTNER),
        ("staff show sven", "/v1/people/sven", PERSON),
    ],
)
def test_one_entry_is_shown(terminal: Terminal, words: str, path: str, one: dict[str, Any]) -> None:
    terminal.services.responses[f"GET {path}"] = one
    output = terminal(*words.split())
    assert one["name"] in output
    assert "sequence" not in output


@pytest.mark.parametrize(("noun", "key"), [("customers", "acme"), ("environments", "acme-prod")])
def test_an_end_is_asked_for_withdrawn_and_confirmed(
    terminal: Terminal, noun: str, key: str
) -> None:
    path = f"/v1/{noun}/{key}/end"
    for method, suffix in (("POST", ""), ("DELETE", ""), ("POST", "/confirm")):
        terminal.services.responses[f"{method} {path}{suffix}"] = CUSTOMER
    asked = terminal(noun, "end", key, "--reason", "Over")
    assert f"opsdesk {noun} confirm-end {key}" in " ".join(asked.split())
    assert terminal.services.requests[-1] == ("POST", path, {"reason": "Over"})
    assert f"{key} stays." in terminal(noun, "keep", key)
    assert f"{key} is ended." in terminal(noun, "confirm-end", key)
    assert terminal.services.requests[-1][:2] == ("POST", f"{path}/confirm")


def test_partners_and_people_are_ended(terminal: Terminal) -> None:
    for path in ("partners/hosthaven/end", "people/sven/end", "people/sven/confirm"):
        terminal.services.responses[f"POST /v1/{path}"] = {}
    assert "hosthaven is ended." in terminal("partners", "end", "hosthaven", "--reason", "Over")
    asked = terminal("staff", "end", "sven", "--reason", "Left")
    assert "opsdesk staff confirm sven" in " ".join(asked.split())
    assert "sven" in terminal("staff", "confirm", "sven")


def test_a_contact_is_ended_and_erased(terminal: Terminal) -> None:
    terminal.services.responses["GET /v1/customers/acme/contacts"] = page_of(CONTACT)
    terminal.services.responses["POST /v1/customers/acme/contacts/k-1/end"] = CONTACT
    ended = terminal("contacts", "end", "acme", "kim@acme.example", "--reason", "Left")
    assert "Kim is ended." in ended
    erasure = "/v1/contacts/k-1/erasure"
    terminal.services.responses[f"POST {erasure}"] = {}
    terminal.services.responses[f"POST {erasure}/confirm"] = {}
    asked = terminal("contacts", "erase", "acme", "k-1", "--reason", "They asked")
    assert "confirm-erasure acme k-1" in " ".join(asked.split())
    assert terminal.services.requests[-1] == ("POST", erasure, {"reason": "They asked"})
    assert "erased" in terminal("contacts", "confirm-erasure", "acme", "k-1")


@pytest.mark.parametrize("noun", ["customers", "environments", "partners", "staff"])
def test_a_file_is_imported_and_its_refused_lines_are_named(
    terminal: Terminal, tmp_path: Path, noun: str
) -> None:
    terminal.services.responses["POST /v1/imports/directory"] = {
        "kind": noun,
        "dry_run": True,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "not_understood": ["city"],
        "items": [{"line": 3, "problems": ["name: Field required"]}, {"line": 2, "problems": []}],
    }
    file = tmp_path / "file.csv"
    file.write_text("key,name\n")
    output = " ".join(terminal(noun, "import", str(file), "--dry-run").split())
    for words in ("name: Field required", "city", "Nothing was stored", "1 created"):
        assert words in output
    assert "cannot be read" in terminal.fails(noun, "import", str(tmp_path / "none.csv"))
