"""One action on many tickets: each is done or not by itself, and the answer says which and why."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.protocol import outbox_events


async def _bulk(
    who: AsyncClient, keys: list[str], action: str, key: str | None = None, **body: Any
) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    asked = {"tickets": keys, "action": action, "body": body}
    return await who.post("/v1/tickets/bulk", json=asked, headers=headers)


async def test_what_can_be_done_is_done_and_the_rest_is_named(
    anna: AsyncClient, database: Database
) -> None:
    one, resolved, two = [await open_ticket(anna) for _ in range(3)]
    await act(anna, resolved, "resolve", resolution="Restarted")
    answer = await _bulk(anna, [one, resolved, "OPS-99999", two], "assign", to="sven")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["done"], shown["failed"]) == (2, 2)
    assert [(item["ticket"], item["status"]) for item in shown["items"]] == [
        (one, 200),
        (resolved, 409),
        ("OPS-99999", 404),
        (two, 200),
    ]
    assert shown["items"][1]["problem"]["code"] == "WRONG_STATE"
    assert shown["items"][2]["problem"]["type"] == "urn:opsdesk:error:not-found"
    for key in (one, two):
        assert (await anna.get(f"/v1/tickets/{key}")).json()["assignee"] == "sven"


async def test_sent_again_with_its_key_nothing_is_done_twice(
    anna: AsyncClient, database: Database
) -> None:
    """G12: what was refused is answered the same, too."""
    keys = [await open_ticket(anna) for _ in range(2)]
    await act(anna, keys[1], "resolve", resolution="Restarted")
    first = await _bulk(anna, keys, "resolve", "k", resolution="Done")
    published = len(await outbox_events(database))
    again = await _bulk(anna, keys, "resolve", "k", resolution="Done")
    assert first.json() == again.json()
    assert len(await outbox_events(database)) == published
    other = await _bulk(anna, keys, "resolve", "k", resolution="Something else")
    assert [item["status"] for item in other.json()["items"]] == [422, 422]
    assert len(await outbox_events(database)) == published


async def test_four_eyes_hold_for_each(anna: AsyncClient, omar: AsyncClient) -> None:
    """R1: nobody verifies the own work, however many tickets are verified at once."""
    mine, theirs = [await open_ticket(anna) for _ in range(2)]
    await act(anna, mine, "resolve", resolution="Restarted")
    await act(omar, theirs, "resolve", resolution="Restarted")
    shown = (await _bulk(anna, [mine, theirs], "verify")).json()
    assert [item["status"] for item in shown["items"]] == [403, 200]
    assert shown["items"][0]["problem"]["code"] == "FOUR_EYES"
    closed = (await _bulk(anna, [mine, theirs], "close")).json()
    assert [item["status"] for item in closed["items"]] == [409, 200]


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("prioritise", {"priority": "blocker", "reason": "All of them"}),
        ("reclassify", {"kind": "question", "reason": "So"}),
        ("hold", {"waiting_on": "partner", "reason": "They look"}),
        ("reply", {"text": "We look at it"}),
        ("resolve", {"resolution": "Restarted"}),
    ],
)
async def test_each_action_does_what_it_does_on_one_ticket(
    anna: AsyncClient, database: Database, action: str, body: dict[str, Any]
) -> None:
    one, alone = [await open_ticket(anna) for _ in range(2)]
    shown = (await _bulk(anna, [one], action, **body)).json()
    assert (shown["done"], shown["failed"]) == (1, 0), shown
    step = "replies" if action == "reply" else action
    assert (await act(anna, alone, step, **body)).is_success
    left = [(await anna.get(f"/v1/tickets/{key}")).json() for key in (one, alone)]
    for fact in ("state", "priority", "kind", "waiting_on", "resolution", "sequence"):
        assert left[0][fact] == left[1][fact], fact
    types = await event_types(database)
    assert types[2 : 2 + (len(types) - 2) // 2] == types[2 + (len(types) - 2) // 2 :]


async def test_no_more_than_a_hundred_and_each_once(anna: AsyncClient, database: Database) -> None:
    for keys in ([f"OPS-{number}" for number in range(1, 10_001)], [], ["OPS-1001", "OPS-1001"]):
        refused = await _bulk(anna, keys, "close")
        assert refused.status_code == 422, keys[:2]
        assert refused.json()["type"] == "urn:opsdesk:error:invalid"


async def test_a_body_that_the_action_does_not_take_is_refused_once_for_all(
    anna: AsyncClient,
) -> None:
    key = await open_ticket(anna)
    for action, body, pointer in (
        ("resolve", {}, "/body/resolution"),
        ("resolve", {"resolution": "x", "colour": "red"}, "/body/colour"),
        ("assign", {"to": "nobody"}, "/body/to"),
        ("assign", {"team": "nobody"}, "/body/team"),
    ):
        refused = await _bulk(anna, [key], action, **body)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    unknown = await _bulk(anna, [key], "delete")
    assert unknown.json()["errors"][0]["pointer"] == "/action"
    for content in (b"{", b"[]", b'{"tickets": ["\\u0000"], "action": "close"}'):
        answer = await anna.post(
            "/v1/tickets/bulk", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in {400, 422}, answer.text


async def test_it_is_for_those_who_work_tickets(jan: AsyncClient, anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert (await _bulk(jan, [key], "close")).status_code == 403
