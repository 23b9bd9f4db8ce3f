"""The commands that set intake up: teams, the priority matrix, blunt words, linked systems."""

import json
from pathlib import Path
from typing import Any

from opsdesk_support.terminal import Terminal, page_of

TEAM = {"key": "databases", "name": "Databases", "members": ["sven", "mia"], "is_role": False}
ROW = {"high": "critical", "medium": "major", "low": "minor"}
MATRIX: dict[str, Any] = {
    "version": 0,
    "priorities": {"high": ROW, "medium": ROW, "low": ROW},
    "changed_by": None,
    "confirmed_by": None,
    "pending": None,
}
SYSTEM = {
    "key": "acme-snow",
    "kind": "servicenow",
    "party": "customer",
    "base_url": "https://acme.example",
    "webhook_client": "snow",
    "problem": None,
}
SYSTEMS = "/v1/linked-systems"


def test_teams_are_listed_created_and_changed_by_name(terminal: Terminal) -> None:
    terminal.services.responses |= {
        "GET /v1/teams": page_of(TEAM),
        "POST /v1/teams": TEAM,
        "GET /v1/teams/databases": TEAM,
        "PUT /v1/teams/databases": TEAM | {"members": ["mia", "omar"]},
    }
    assert "sven, mia" in terminal("teams", "list")
    created = terminal("teams", "create", "databases", "--name", "Databases", "--member", "sven")
    assert "databases is a team" in created
    changed = terminal("teams", "change", "databases", "--add", "omar", "--remove", "sven")
    assert "mia, omar" in changed
    _, _, body = terminal.services.requests[-1]
    assert body == {"name": "Databases", "members": ["mia", "omar"]}
    assert "gina is not in databases" in terminal.fails(
        "teams", "change", "databases", "--remove", "gina"
    )
    assert "Say what to change" in terminal.fails("teams", "change", "databases")


def test_the_matrix_is_changed_cell_by_cell_and_confirmed_by_another(terminal: Terminal) -> None:
    """R1"""
    pending = {
        "priorities": MATRIX["priorities"],
        "lowers": ["low/high"],
        "requested_by": "theo",
        "reason": "As agreed",
    }
    terminal.services.responses |= {
        "GET /v1/priority-matrix": MATRIX,
        "PUT /v1/priority-matrix": MATRIX | {"pending": pending},
        "POST /v1/priority-matrix/confirm": MATRIX | {"version": 1},
    }
    assert "critical" in terminal("matrix", "show")
    shown = terminal("matrix", "change", "low/high=minor", "--reason", "As agreed")
    assert "It lowers low/high once somebody else confirms it" in shown
    _, _, body = terminal.services.requests[-1]
    assert body["priorities"]["low"] == ROW | {"high": "minor"}
    assert body["priorities"]["high"] == ROW
    assert "version 1" in terminal("matrix", "confirm")
    terminal("matrix", "decline", "--reason", "No")
    assert terminal.services.requests[-1][2] == {"agree": False, "reason": "No"}
    assert "is no cell" in terminal.fails("matrix", "change", "low-high", "--reason", "x")
    assert json.loads(terminal("matrix", "show", "--json"))["version"] == 0


def test_blunt_words_are_added_and_removed_one_by_one(terminal: Terminal) -> None:
    """R11"""
    items = [{"phrase": "obviously", "instead": "leave it out"}]
    path = "/v1/blunt-words/en"
    terminal.services.responses |= {
        f"GET {path}": {"language": "en", "items": items},
        f"PUT {path}": {"language": "en", "items": items},
    }
    assert "obviously" in terminal("blunt-words", "list", "en")
    terminal("blunt-words", "add", "en", "as I said", "--instead", "say it again")
    assert terminal.services.requests[-1][2] == {
        "items": [*items, {"phrase": "as I said", "instead": "say it again"}]
    }
    terminal("blunt-words", "add", "en", "Obviously", "--instead", "say why")
    assert terminal.services.requests[-1][2]["items"] == [
        {"phrase": "Obviously", "instead": "say why"}
    ]
    terminal("blunt-words", "remove", "en", "OBVIOUSLY")
    assert terminal.services.requests[-1][2] == {"items": []}
    assert "is not in the list" in terminal.fails("blunt-words", "remove", "en", "lunch")


def test_linked_systems_are_added_changed_and_retired(terminal: Terminal, tmp_path: Path) -> None:
    terminal.services.responses |= {
        f"POST {SYSTEMS}": SYSTEM,
        f"GET {SYSTEMS}/acme-snow": SYSTEM,
        f"PUT {SYSTEMS}/acme-snow": SYSTEM | {"webhook_client": "other"},
        f"POST {SYSTEMS}/acme-snow/retire": SYSTEM,
        f"GET {SYSTEMS}/acme-snow/receipts": page_of(
            {"received_at": "2026-06-01T07:00:00Z", "event": "e1", "outcome": "unreadable"}
        ),
    }
    fields = tmp_path / "fields.json"
    fields.write_text('{"priority": {"blocker": "1"}}')
    options = ("--kind", "servicenow", "--url", "https://acme.example", "--client", "snow")
    added = terminal(
        "links", "add-system", "acme-snow", *options, "--customer", "acme", "--fields", str(fields)
    )
    assert "opsdesk links add OPS-7 acme-snow" in added
    _, _, body = terminal.services.requests[-1]
    assert (body["party"], body["fields"]) == ("customer", {"priority": {"blocker": "1"}})
    terminal("links", "change-system", "acme-snow", "--client", "other")
    _, _, body = terminal.services.requests[-1]
    assert body == {"base_url": "https://acme.example", "webhook_client": "other"}
    assert "is retired" in terminal("links", "retire-system", "acme-snow")
    assert "unreadable" in terminal("links", "receipts", "acme-snow")
    fields.write_text("{")
    wrong = terminal.fails("links", "change-system", "acme-snow", "--fields", str(fields))
    assert "is no map of fields in JSON" in wrong
