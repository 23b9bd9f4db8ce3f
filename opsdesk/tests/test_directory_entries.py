"""`opsdesk customers | environments | partners | staff add` and `… change`: what is sent, and what is output."""

from typing import Any

import httpx
import pytest

from opsdesk_support.terminal import Terminal, problem_response

PERSON: dict[str, Any] = {"sub": "sven", "name": "Sven", "roles": ["ops"], "pending": None}
ADDED: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "customers add acme --name Acme --timezone Europe/Amsterdam --language nl --tier gold",
        "/v1/customers",
        {"key": "acme", "name": "Acme", "timezone": "Europe/Amsterdam"}
        | {"language": "nl", "tier": "gold"},
        "Acme is registered: acme.",
    ),
    (
        "environments add acme acme-prod --name Production --tier production",
        "/v1/customers/acme/environments",
        {"key": "acme-prod", "tier": "production", "name": "Production"},
        "Acme is registered: acme.",
    ),
    (
        "partners add hosthaven --name Hosthaven --email help@hosthaven.example",
        "/v1/partners",
        {"key": "hosthaven", "name": "Hosthaven", "timezone": "UTC"}
        | {"email": "help@hosthaven.example"},
        "Acme is registered: acme.",
    ),
    (
        "staff add sven --name Sven --email sven@ours.example --role ops --role dm",
        "/v1/people",
        {"sub": "sven", "name": "Sven", "email": "sven@ours.example", "timezone": "UTC"}
        | {"roles": ["ops", "dm"]},
        "sven has ops.",
    ),
    (
        "staff roles sven --role ops --reason Moved",
        "/v1/people/sven/roles",
        {"roles": ["ops"], "reason": "Moved"},
        "sven has ops.",
    ),
]


@pytest.mark.parametrize(("line", "path", "body", "words"), ADDED, ids=[one[0] for one in ADDED])
def test_the_directory_is_added_to_by_hand(
    terminal: Terminal, line: str, path: str, body: dict[str, Any], words: str
) -> None:
    terminal.services.responses[f"POST {path}"] = PERSON | {"key": "acme"}
    if "people" not in path:
        terminal.services.responses[f"POST {path}"] = {"key": "acme", "name": "Acme"}
    assert words in terminal(*line.split())
    assert terminal.services.requests == [("POST", path, body)]


@pytest.mark.parametrize(
    ("words", "path", "body"),
    [
        (("customers", "change", "acme", "--language", "en"), "customers/acme", {"language": "en"}),
        (("customers", "change", "acme", "--tier", ""), "customers/acme", {"tier": None}),
        (
            ("environments", "change", "acme", "acme-prod", "--name", "Live"),
            "customers/acme/environments/acme-prod",
            {"name": "Live"},
        ),
        (("partners", "change", "hosthaven", "--email", ""), "partners/hosthaven", {"email": None}),
        (("staff", "change", "sven", "--timezone", "UTC"), "people/sven", {"timezone": "UTC"}),
    ],
)
def test_what_is_left_out_of_a_change_stays(
    terminal: Terminal, words: tuple[str, ...], path: str, body: dict[str, Any]
) -> None:
    terminal.services.responses[f"PATCH /v1/{path}"] = {"name": "It"}
    assert "It is changed." in terminal(*words)
    assert terminal.services.requests == [("PATCH", f"/v1/{path}", body)]


@pytest.mark.parametrize("words", [("customers", "acme"), ("partners", "p"), ("staff", "sven")])
def test_a_change_of_nothing_says_what_can_be_changed(
    terminal: Terminal, words: tuple[str, str]
) -> None:
    noun, key = words
    output = terminal.fails(noun, "change", key)
    assert "Say what to change: --name, --timezone" in output
    assert terminal.services.requests == []


def test_roles_that_wait_for_a_second_person_say_who_confirms_them(terminal: Terminal) -> None:
    pending = {"roles": ["ops", "tom"], "ends": False, "requested_by": "anna"}
    terminal.services.responses["POST /v1/people/sven/roles"] = PERSON | {"pending": pending}
    output = terminal("staff", "roles", "sven", "--role", "tom", "--role", "ops", "--reason", "x")
    assert "Somebody else must confirm ops, tom: opsdesk staff confirm sven" in output


def test_a_key_that_is_taken_is_named_as_it_was_typed(terminal: Terminal) -> None:
    taken = problem_response(409, "key-taken", "The key is taken", "Choose another /key.")
    body = {**taken.json(), "instance": "/v1/customers"}
    terminal.services.responses["POST /v1/customers"] = httpx.Response(409, json=body)
    assert "another CUSTOMER." in terminal.fails("customers", "add", "acme", "--name", "Acme")
