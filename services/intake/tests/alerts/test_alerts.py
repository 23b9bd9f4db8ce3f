"""Alerts of monitors: each is raised and resolved once, however often it is posted."""

import asyncio
import json
from typing import Any

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from common.domain import Rejection
from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake.alerts import commands
from intake.alerts.domain.alert import AlertBatch, PostContext
from intake.alerts.domain.formats import FORMATS, read_post
from intake.alerts.domain.json_values import read_instant
from intake_support.alerts import (
    LABELS,
    NINE,
    alert,
    all_tickets,
    notes_of,
    post,
    post_of,
    ticket_of,
)
from intake_support.tickets import event_types
from opsdesk_testing.protocol import outbox_events


async def test_an_alert_opens_an_incident_on_its_environment(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    (taken,) = (await post(monitor, alert())).json()["alerts"]
    assert taken["effect"] == "raised"
    ticket = await ticket_of(anna, taken["ticket"])
    assert (ticket["customer"], ticket["environment"], ticket["priority"], ticket["title"]) == (
        "acme",
        "acme-prod",
        "critical",
        "Checkout p99 over 2s",
    )
    assert await event_types(database) == ["opened", "raised"]
    raised = (await outbox_events(database))[-1]
    assert raised.body["started_at"] == "2030-01-07T08:30:12.326990Z"
    assert raised.body["priority"] == "critical"
    assert raised.sequence == 1


async def test_what_monitors_say_is_for_staff(
    monitor: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    """Labels and links name what runs inside; the customer reads the title."""
    annotations = {"summary": "Down", "description": "10.0.0.7 does not answer"}
    (taken,) = (await post(monitor, alert(annotations=annotations))).json()["alerts"]
    assert (await ticket_of(jan, taken["ticket"]))["description"] is None
    (note,) = await notes_of(anna, taken["ticket"])
    assert "10.0.0.7 does not answer" in note
    assert "alertname=Slow" in note
    seen = await jan.get(f"/v1/tickets/{taken['ticket']}/messages")
    assert seen.json()["items"] == []


async def test_posted_again_it_changes_nothing_and_is_counted(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    answers = await asyncio.gather(*(post(monitor, alert()) for _ in range(4)))
    assert {one.status_code for one in answers} == {200}
    again = (await post(monitor, alert())).json()["alerts"][0]
    assert again["effect"] == "duplicate"
    assert await event_types(database) == ["opened", "raised"]
    (listed,) = (await anna.get("/v1/alerts", params={"ticket": again["ticket"]})).json()["items"]
    assert listed["times"] == 5


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


async def test_an_end_without_a_beginning_tells_both(
    monitor: AsyncClient, database: Database
) -> None:
    (taken,) = (await post(monitor, alert(status="resolved"))).json()["alerts"]
    assert (taken["effect"], taken["ticket"]) == ("resolved", None)
    assert await event_types(database) == ["raised", "resolved"]
    again = (await post(monitor, alert(status="resolved"))).json()["alerts"][0]
    assert again["effect"] == "duplicate"


async def test_labels_of_nobody_we_know_make_a_ticket_for_triage(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    labels = LABELS | {"customer": "nobody"}
    (taken,) = (await post(monitor, alert(labels=labels))).json()["alerts"]
    ticket = await ticket_of(anna, taken["ticket"])
    assert ticket["customer"] is None
    assert "customer=nobody" in ticket["description"]
    assert any("customer nobody" in note for note in await notes_of(anna, taken["ticket"]))


async def test_only_monitors_post_and_only_staff_look(
    anna: AsyncClient, gateway: AsyncClient, jan: AsyncClient, monitor: AsyncClient
) -> None:
    assert (await post(anna, alert())).status_code == 403
    assert (await post(gateway, alert())).status_code == 403
    for path in ("/v1/alerts", "/v1/alert-posts", f"/v1/alert-posts/{uuid7()}"):
        assert (await jan.get(path)).status_code == 403
        assert (await monitor.get(path)).status_code == 403
    assert (await anna.get(f"/v1/alert-posts/{uuid7()}")).status_code == 404


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("alertmanager", post_of(alert(startsAt=10**400), truncatedAlerts=10**40)),
        ("alertmanager", post_of(alert(labels={"alertname": 10**400}, endsAt=-(10**400)))),
        ("datadog", {"alert_id": 10**400, "title": "Slow", "date": 10**400, "last_updated": 1e300}),
        ("newrelic", {"issueId": "i", "title": "Slow", "state": "CREATED", "createdAt": 10**400}),
        ("pagerduty", {"event_action": "trigger", "payload": {"timestamp": 10**400}}),
        ("splunk", {"search_name": "Slow", "result": {"_time": 10**400}, "sid": "s"}),
    ],
)
async def test_numbers_that_no_clock_or_table_has_page_somebody_all_the_same(
    monitor: AsyncClient, anna: AsyncClient, source: str, body: dict[str, Any]
) -> None:
    """A post that fails is processed again and again, and nobody hears of it."""
    answer = await monitor.post(f"/v1/alerts/{source}", json=body)
    assert answer.is_success, answer.text
    assert len(await all_tickets(anna)) == 1


async def test_a_post_that_our_own_reader_cannot_read_becomes_a_ticket(
    monitor: AsyncClient, anna: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(commands, "read_post", fail)
    answer = await post(monitor, alert())
    assert answer.is_success, answer.text
    (ticket,) = await all_tickets(anna)
    shown = (await ticket_of(anna, ticket["key"]))["description"]
    assert "Checkout p99 over 2s" in shown
    assert "a fault of ours" in "\n".join([shown, *await notes_of(anna, ticket["key"])])


def test_the_year_one_is_no_end() -> None:
    assert read_instant("0001-01-01T00:00:00Z") is None
    assert read_instant("0001-01-01T00:00:00+14:00") is None
    assert read_instant("2026-03-29T02:00:00") is None
    found = read_instant("2026-03-29T00:58:12.326990857Z")
    assert found
    assert found.isoformat() == "2026-03-29T00:58:12.326990+00:00"
    assert (
        read_instant(1774746000000)
        == read_instant("1774746000")
        == read_instant("2026-03-29T01:00:00.000+0000")
    )
    nonsense: Any
    for nonsense in (True, -1, 1e300, 10**400, -(10**400), "9" * 400, "", [], {}, "nonsense"):
        assert read_instant(nonsense) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
FIELDS = [
    "alerts",
    "labels",
    "annotations",
    "startsAt",
    "endsAt",
    "fingerprint",
    "status",
    "groupKey",
    "truncatedAlerts",
    "orgId",
    "commonLabels",
    "groupLabels",
    "format",
    "cycle_key",
    "alert_id",
    "scope",
    "transition",
    "priority",
    "title",
    "body",
    "date",
    "tags",
    "org",
    "event_type",
    "state",
    "issueUrl",
    "issueId",
    "id",
    "createdAt",
    "alertConditionNames",
    "sid",
    "results_link",
    "result",
    "search_name",
    "app",
    "owner",
    "event_action",
    "routing_key",
    "dedup_key",
    "payload",
    "links",
    "message",
    "alias",
    "details",
    "action",
    "responders",
]


@given(st.sampled_from(FORMATS), st.dictionaries(st.sampled_from(FIELDS), JSON), JSON)
def test_any_json_is_read_or_refused(one: Any, body: dict[str, Any], odd: Any) -> None:
    context = PostContext(uuid7(), NINE, "a/close")
    inner = alert() | {"labels": odd, "annotations": odd, "startsAt": odd}
    for value in (body, odd, body | post_of(inner), body | post_of(odd)):
        outcome = read_post(one.names[0], value, context)
        assert isinstance(outcome, AlertBatch | Rejection)
        json.dumps(str(outcome))
