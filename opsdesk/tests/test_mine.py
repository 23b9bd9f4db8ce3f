"""`opsdesk mine`: one list of what waits for a person in all services (R1)."""

import json
from typing import Any

import httpx

from opsdesk_support.terminal import Terminal, page_of, problem_response

PATH = "/v1/waiting-for-me"


def waits(kind: str, key: str, due_at: str | None, **more: Any) -> dict[str, Any]:
    item = {"kind": kind, "key": key, "title": f"Title of {key}", "customer": "acme"}
    times = {"since": "2026-06-01T07:00:00Z", "due_at": due_at}
    return item | times | {"why": f"why {key}", "href": f"/v1/x/{key}"} | more


def answers(terminal: Terminal) -> None:
    """Each service has one thing that waits."""
    one_each = {
        "intake": waits("verify", "OPS-9", "2026-06-01T15:00:00Z"),
        "sla": waits("decide_waiver", "WVR-1", "2026-06-01T10:00:00Z"),
        "escalation": waits("acknowledge_escalation", "ESC-4", "2026-06-01T07:05:00Z"),
        "delivery_gate": waits("approve_delivery", "DEL-3", None),
    }
    for host, item in one_each.items():
        page = page_of(item) | {"counts": {item["kind"]: 1}}
        terminal.services.responses[f"GET {host}{PATH}"] = page
    terminal.services.responses["GET /v1/queue"] = page_of()


def in_order(output: str, *words: str) -> bool:
    found = [output.index(word) for word in words]
    return found == sorted(found)


def test_what_waits_in_all_services_is_one_list_with_the_most_urgent_first(
    terminal: Terminal,
) -> None:
    """R1: what has no due time is as urgent as if it were due a day later"""
    answers(terminal)
    output = terminal("mine")
    assert in_order(output, "ESC-4", "WVR-1", "OPS-9", "DEL-3", "Assigned to you")
    assert "approve delivery" in output
    first, second = json.loads(terminal("mine", "--json"))
    assert [one["service"] for one in first["items"]] == [
        "escalation",
        "sla",
        "intake",
        "delivery-gate",
    ]
    assert first["counts"]["decide_waiver"] == 1
    assert first["not_answering"] == {}
    assert second["items"] == []


def test_a_service_that_is_away_is_named_and_the_others_are_shown(terminal: Terminal) -> None:
    answers(terminal)
    terminal.services.responses[f"GET sla{PATH}"] = httpx.ConnectError("refused")
    output = " ".join(terminal("mine").split())
    assert "What waits in sla is missing here: sla does not answer at https://sla" in output
    assert in_order(output, "ESC-4", "OPS-9", "DEL-3")
    first, _ = json.loads(terminal("mine", "--json"))
    assert list(first["not_answering"]) == ["sla"]


def test_without_intake_the_rest_is_shown_without_the_tickets(terminal: Terminal) -> None:
    answers(terminal)
    terminal.services.responses[f"GET intake{PATH}"] = httpx.ConnectTimeout("slow")
    output = " ".join(terminal("mine").split())
    assert "What waits in intake is missing here" in output
    assert "WVR-1" in output
    assert "Assigned to you" not in output


def test_a_kind_is_asked_of_all_and_shown_of_those_who_know_it(terminal: Terminal) -> None:
    answers(terminal)
    unknown = problem_response(422, "validation", "Not valid", "kind: no such kind")
    for host in ("intake", "escalation", "delivery_gate"):
        terminal.services.responses[f"GET {host}{PATH}"] = unknown
    output = " ".join(terminal("mine", "--kind", "decide_waiver").split())
    assert "WVR-1" in output
    assert "missing here" not in output
    terminal.services.responses[f"GET sla{PATH}"] = unknown
    assert "no such kind" in terminal.fails("mine", "--kind", "lunch")


def test_it_says_so_when_nothing_waits_and_when_there_is_more(terminal: Terminal) -> None:
    terminal.services.responses |= {
        f"GET {PATH}": page_of() | {"counts": {}},
        "GET /v1/queue": page_of(),
    }
    assert "Nothing waits for you." in terminal("mine")
    answers(terminal)
    output = terminal("mine", "--limit", "2")
    assert "These are the first 2" in output
    assert "OPS-9" not in output
