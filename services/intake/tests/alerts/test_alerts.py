"""Alerts of monitors: each is raised and resolved once, however often it is posted."""

import asyncio
import json
from typing import Any

from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.domain import Rejection
from common.persistence.database import Database
from intake.alerts.domain.alert import AlertBatch
from intake.alerts.domain.alertmanager import parse, parse_instant
from intake_support.tickets import event_types
from opsdesk_testing.protocol import outbox_events

PATH = "/v1/alerts/alertmanager_webhook_v4"
LABELS = {"alertname": "Slow", "customer": "acme", "env": "prod", "severity": "critical"}


def alert(fingerprint: str = "f1", status: str = "firing", **more: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": LABELS,
        "annotations": {"summary": "Checkout p99 over 2s"},
        "startsAt": "2026-03-29T00:58:12.326990857Z",
        "endsAt": "0001-01-01T00:00:00Z" if status == "firing" else "2026-03-29T01:10:00Z",
        "fingerprint": fingerprint,
    } | more


def post_of(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "g1", "status": "firing", "alerts": list(alerts)} | more


async def post(monitor: AsyncClient, *alerts: dict[str, Any], **more: Any) -> Response:
    return await monitor.post(PATH, json=post_of(*alerts, **more))


async def test_an_alert_opens_an_incident_on_its_environment(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    (taken,) = (await post(monitor, alert())).json()["alerts"]
    assert taken["effect"] == "raised"
    ticket = (await anna.get(f"/v1/tickets/{taken['ticket']}")).json()
    assert (ticket["customer"], ticket["environment"], ticket["priority"], ticket["title"]) == (
        "acme",
        "acme-prod",
        "critical",
        "Checkout p99 over 2s",
    )
    assert await event_types(database) == ["opened", "raised"]
    raised = (await outbox_events(database))[-1]
    assert raised.body["started_at"] == "2026-03-29T00:58:12.326990Z"
    assert raised.sequence == 1


async def test_posted_again_it_changes_nothing(monitor: AsyncClient, database: Database) -> None:
    answers = await asyncio.gather(*(post(monitor, alert()) for _ in range(4)))
    assert {one.status_code for one in answers} == {200}
    assert (await post(monitor, alert())).json()["alerts"][0]["effect"] == "duplicate"
    assert await event_types(database) == ["opened", "raised"]


async def test_alerts_of_one_group_share_a_ticket_and_end_one_by_one(
    monitor: AsyncClient, database: Database
) -> None:
    """The group fires while any alert of it fires: each alert's own status counts."""
    both = (await post(monitor, alert("f1"), alert("f2"))).json()["alerts"]
    assert len({one["ticket"] for one in both}) == 1
    await post(monitor, alert("f1", "resolved"), alert("f2"))
    assert await event_types(database) == ["opened", "raised", "raised", "resolved"]


async def test_one_group_in_posts_at_the_same_time_is_one_ticket(
    monitor: AsyncClient, database: Database
) -> None:
    answers = await asyncio.gather(*(post(monitor, alert(f"f{n}")) for n in range(5)))
    assert len({one.json()["alerts"][0]["ticket"] for one in answers}) == 1
    assert (await event_types(database)).count("opened") == 1


async def test_a_new_outbreak_after_the_end_is_a_new_incident(
    monitor: AsyncClient, database: Database
) -> None:
    first = (await post(monitor, alert())).json()["alerts"][0]
    await post(monitor, alert(status="resolved"))
    late = (await post(monitor, alert())).json()["alerts"][0]
    assert late["effect"] == "duplicate"
    again = (await post(monitor, alert(startsAt="2026-03-30T00:00:00Z"))).json()["alerts"][0]
    assert (again["effect"], again["ticket"] == first["ticket"]) == ("raised", False)


async def test_an_end_without_a_beginning_tells_both(
    monitor: AsyncClient, database: Database
) -> None:
    (taken,) = (await post(monitor, alert(status="resolved"))).json()["alerts"]
    assert (taken["effect"], taken["ticket"]) == ("resolved", None)
    assert await event_types(database) == ["raised", "resolved"]


async def test_alerts_that_were_left_out_are_said_on_the_ticket(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    (taken,) = (await post(monitor, alert(), truncatedAlerts=3)).json()["alerts"]
    (note,) = (await anna.get(f"/v1/tickets/{taken['ticket']}/messages")).json()["items"]
    assert "3 more alerts" in note["text"]
    assert note["visibility"] == "internal"


async def test_labels_of_nobody_we_know_make_a_ticket_for_triage(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    labels = LABELS | {"customer": "nobody"}
    (taken,) = (await post(monitor, alert(labels=labels))).json()["alerts"]
    assert (await anna.get(f"/v1/tickets/{taken['ticket']}")).json()["customer"] is None


UNREADABLE = [
    (b"no json", 400),
    (b"", 400),
    (b"[" * 100_000, 400),
    (b"[]", 422),
    (b'{"alerts": [1]}', 422),
    (b'{"alerts": [{"status": "odd", "fingerprint": "f", "startsAt": "x"}]}', 422),
    (b'{"alerts": [{"status": "firing", "fingerprint": "a\\u0000", "startsAt": "x"}]}', 400),
    (b"\xff\xfe", 400),
]


async def test_what_cannot_be_read_is_refused_and_kept(
    monitor: AsyncClient, database: Database
) -> None:
    for body, status in UNREADABLE:
        answer = await monitor.post(PATH, content=body)
        assert answer.status_code == status, (body[:80], answer.text)
    assert await event_types(database) == []
    async with database.transaction() as tx:
        posts = await tx.execute(text("SELECT raw, outcome FROM alert_posts ORDER BY id"))
        assert [tuple(row) for row in posts] == [(body, "unreadable") for body, _ in UNREADABLE]


async def test_an_unknown_format_names_the_known_ones(monitor: AsyncClient) -> None:
    answer = await monitor.post("/v1/alerts/smoke-signals", json={})
    assert answer.status_code == 404
    assert "alertmanager_webhook_v4" in answer.json()["detail"]


async def test_only_monitors_post(anna: AsyncClient, gateway: AsyncClient) -> None:
    assert (await post(anna, alert())).status_code == 403
    assert (await post(gateway, alert())).status_code == 403


def test_the_year_one_is_no_end() -> None:
    assert parse_instant("0001-01-01T00:00:00Z") is None
    assert parse_instant("0001-01-01T00:00:00+14:00") is None
    assert parse_instant("2026-03-29T02:00:00") is None
    found = parse_instant("2026-03-29T00:58:12.326990857Z")
    assert found
    assert found.isoformat() == "2026-03-29T00:58:12.326990+00:00"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(JSON, JSON, JSON)
def test_any_json_is_read_or_refused(first: Any, second: Any, third: Any) -> None:
    odd = alert() | {"labels": first, "annotations": second, "startsAt": third}
    for body in (first, post_of(odd), post_of(alert(), groupKey=first, truncatedAlerts=second)):
        outcome = parse(body)
        assert isinstance(outcome, AlertBatch | Rejection)
        json.dumps(str(outcome))
