"""Alerts of real set-ups, of which each once went wrong (I4): `samples/cases.json`."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import AsyncClient, Response

from common.persistence.database import Database
from intake_support.alerts import (
    ALERTMANAGER,
    NINE,
    all_tickets,
    firing,
    notes_of,
    rfc3339,
    ticket_of,
)
from intake_support.tickets import event_types
from opsdesk_testing.protocol import outbox_events

CASES: Final = json.loads(
    (Path(__file__).parent / "samples" / "cases.json").read_text(encoding="utf-8")
)["cases"]
INSTANTS: Final = {
    "T": rfc3339(NINE - timedelta(minutes=30)),
    "T2": rfc3339(NINE - timedelta(minutes=20)),
    "E": rfc3339(NINE - timedelta(minutes=5)),
}
Then = Callable[[AsyncClient, Database, list[Response]], Awaitable[None]]


def body_of(step: dict[str, Any]) -> dict[str, Any]:
    """The body that a step stands for."""
    if "body" in step:
        return dict(step["body"])
    alerts = [
        {
            "fingerprint": fingerprint,
            "status": status,
            "startsAt": INSTANTS.get(starts, starts),
            "endsAt": INSTANTS["E"] if status == "resolved" else "0001-01-01T00:00:00Z",
            "labels": labels,
            "annotations": {},
        }
        for fingerprint, status, starts, labels in step["alerts"]
    ]
    extra = {name: step[name] for name in ("truncatedAlerts",) if name in step}
    return {"version": "4", "groupKey": step["group"], "alerts": alerts} | extra


async def two_tickets(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    tickets = [await ticket_of(anna, one["ticket"]) for one in answers[0].json()["alerts"]]
    assert [one["environment"] for one in tickets] == ["acme-prod", "brightwater-prod"]
    assert {one["priority"] for one in tickets} == {"blocker"}
    assert sorted(await event_types(database)) == sorted(["opened", "blocker_raised", "raised"] * 2)


async def raised_again(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    first, _, again = (one.json()["alerts"][0] for one in answers)
    assert (again["effect"], again["ticket"]) == ("raised", first["ticket"])
    raised = [one for one in await outbox_events(database) if one.type == "opsdesk.alert.raised.v1"]
    assert [one.body["environment"] for one in raised] == ["acme-prod", "acme-prod"]
    assert raised[0].body["alert_id"] != raised[1].body["alert_id"]
    assert {one.body["severity"] for one in raised} == {"critical"}
    assert raised[1].body["started_at"] == rfc3339(NINE), "the time between was no outage"
    assert "fires again" in "\n".join(await notes_of(anna, first["ticket"]))


async def none_fires(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    assert await firing(anna) == []
    kinds = await event_types(database)
    assert kinds == ["opened", "raised", "resolved"]
    assert "All alerts of this ticket have ended" in "\n".join(
        await notes_of(anna, answers[0].json()["alerts"][0]["ticket"])
    )


async def a_blocker_that_says_why(
    anna: AsyncClient, database: Database, answers: list[Response]
) -> None:
    (ticket,) = await all_tickets(anna)
    assert (ticket["priority"], ticket["environment"]) == ("blocker", "acme-prod")
    assert "Raised from major to blocker" in "\n".join(await notes_of(anna, ticket["key"]))
    assert {"prioritised", "blocker_raised"} <= set(await event_types(database))


async def words(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    keys = [one.json()["alerts"][0]["ticket"] for one in answers]
    tickets = [await ticket_of(anna, key) for key in keys]
    assert [one["priority"] for one in tickets] == ["blocker", "blocker", "major", "critical"]
    assert "purple" in "\n".join(await notes_of(anna, keys[-1]))
    assert "not known" not in "\n".join(await notes_of(anna, keys[0]))


async def one_note(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    (ticket,) = await all_tickets(anna)
    (note,) = (one for one in await notes_of(anna, ticket["key"]) if "left" in one)
    assert note.startswith("monitor left 5 more alerts of this group out of its message.")


async def joined(anna: AsyncClient, database: Database, answers: list[Response]) -> None:
    assert len(await all_tickets(anna)) == 1
    assert [one["dedup_key"] for one in await firing(anna)] == ["n2"]


async def refused_and_for_triage(
    anna: AsyncClient, database: Database, answers: list[Response]
) -> None:
    assert answers[0].status_code == 422
    (stored,) = (await anna.get("/v1/alert-posts")).json()["items"]
    assert json.loads(stored["text"]) == {"alerts": []}
    (ticket,) = await all_tickets(anna)
    assert ticket["customer"] is None
    assert '"startsAt": "nonsense"' in (await ticket_of(anna, ticket["key"]))["description"]
    assert "“nonsense”, no instant" in "\n".join(await notes_of(anna, ticket["key"]))


THEN: Final[dict[str, Then]] = {
    "one group, two customers": two_tickets,
    "firing again with the same startsAt after an end": raised_again,
    "resolved carries another startsAt": none_fires,
    "restart: still firing with a later startsAt": none_fires,
    "a worse alert in the group": a_blocker_that_says_why,
    "words of severity": words,
    "truncated, repeated": one_note,
    "an end and a new alert in one post": joined,
    "nonsense": refused_and_for_triage,
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
async def test_the_alerts_of_a_real_set_up(
    case: dict[str, Any], monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    answers = [
        await monitor.post(ALERTMANAGER, json=body_of(step))
        for step in case["steps"]
        for _ in range(step.get("times", 1))
    ]
    await THEN[case["name"]](anna, database, answers)


@pytest.mark.parametrize("reverse", [False, True])
async def test_the_order_in_a_post_does_not_matter(
    monitor: AsyncClient, anna: AsyncClient, *, reverse: bool
) -> None:
    (case,) = (one for one in CASES if one["name"] == "an end and a new alert in one post")
    for step in case["steps"]:
        body = body_of(step)
        body["alerts"] = body["alerts"][::-1] if reverse else body["alerts"]
        await monitor.post(ALERTMANAGER, json=body)
    assert len(await all_tickets(anna)) == 1
