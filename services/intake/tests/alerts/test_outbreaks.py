"""When an alert is the same, a new outbreak, worse, or flaps (I4)."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.alerts import (
    ACME,
    BRIGHTWATER,
    LABELS,
    NINE,
    alert,
    all_tickets,
    firing,
    notes_of,
    post,
    ticket_of,
)
from intake_support.tickets import act, event_types
from opsdesk_testing.protocol import fire_due, freeze_time


async def effect(monitor: AsyncClient, *alerts: dict[str, Any], **more: Any) -> tuple[str, str]:
    answer = (await post(monitor, *alerts, **more)).json()["alerts"][0]
    return answer["effect"], answer["ticket"]


async def resolve(anna: AsyncClient, omar: AsyncClient, key: str, *, close: bool = False) -> None:
    assert (await act(anna, key, "resolve", resolution="restarted")).status_code == 200
    if close:
        assert (await act(omar, key, "verify")).status_code == 200
        assert (await act(omar, key, "close")).status_code == 200


async def test_an_outbreak_after_the_ticket_is_resolved_is_a_new_ticket(
    monitor: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    _, first = await effect(monitor, alert())
    await post(monitor, alert(status="resolved"))
    await resolve(anna, omar, first)
    kind, second = await effect(monitor, alert())
    assert kind == "raised"
    assert second != first
    assert [one["ticket_id"] for one in await firing(anna)] == [
        (await ticket_of(anna, second))["id"]
    ]


async def test_an_alert_that_goes_on_after_its_ticket_was_resolved_is_shown_to_who_verifies(
    monitor: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    _, key = await effect(monitor, alert())
    await resolve(anna, omar, key)
    for _ in range(3):
        assert await effect(monitor, alert()) == ("duplicate", key)
    notes = [one for one in await notes_of(anna, key) if "still reports" in one]
    assert len(notes) == 1


async def test_an_alert_that_goes_on_after_its_ticket_was_closed_gets_a_new_one(
    monitor: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    _, key = await effect(monitor, alert())
    await resolve(anna, omar, key, close=True)
    kind, second = await effect(monitor, alert())
    assert (kind, second == key) == ("raised", False)
    assert await effect(monitor, alert()) == ("duplicate", second)
    assert len(await firing(anna)) == 1, "it is the same outage"


async def test_alerts_follow_their_ticket_into_the_one_that_it_was_merged_into(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    _, one = await effect(monitor, alert("f1"), groupKey="g1")
    _, other = await effect(monitor, alert("f2"), groupKey="g2")
    assert (await act(anna, one, "merge", into=other)).status_code == 200
    assert await effect(monitor, alert("f3"), groupKey="g1") == ("raised", other)


async def test_the_same_alert_that_becomes_worse_raises_its_ticket_once(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    worse = LABELS | {"severity": "disaster"}
    _, key = await effect(monitor, alert(labels=LABELS | {"severity": "warn"}))
    assert (await ticket_of(anna, key))["priority"] == "major"
    assert await effect(monitor, alert(labels=worse)) == ("worsened", key)
    assert await effect(monitor, alert(labels=worse)) == ("duplicate", key)
    assert await effect(monitor, alert(labels=LABELS | {"severity": "info"})) == ("duplicate", key)
    assert (await ticket_of(anna, key))["priority"] == "blocker"
    assert await event_types(database) == [
        "opened",
        "raised",
        "prioritised",
        "blocker_raised",
        "worsened",
    ]


async def test_what_two_people_lowered_is_not_raised_by_a_repetition(
    monitor: AsyncClient, anna: AsyncClient, omar: AsyncClient
) -> None:
    _, key = await effect(monitor, alert())
    await act(anna, key, "prioritise", priority="minor", reason="a test system")
    await act(omar, key, "priority/confirm", agree=True, reason="yes")
    await effect(monitor, alert())
    assert (await ticket_of(anna, key))["priority"] == "minor"


async def test_a_post_with_a_minor_and_a_worse_alert_opens_the_worse_ticket(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    labels = [LABELS | {"severity": word} for word in ("info", "Sev-1", "warning")]
    await post(monitor, *(alert(f"f{n}", labels=one) for n, one in enumerate(labels)))
    (ticket,) = await all_tickets(anna)
    assert ticket["priority"] == "blocker"


async def test_three_customers_and_unknown_ones_in_one_group_are_apart(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    given = [ACME, BRIGHTWATER, ACME | {"environment": "acme-staging"}, {"customer": "new-one"}]
    given += [{"customer": "newer"}, {"customer": "ACME", "env": "Prod"}, {"env": "acme-prod"}]
    taken = await post(monitor, *(alert(f"f{n}", labels=one) for n, one in enumerate(given)))
    keys = [one["ticket"] for one in taken.json()["alerts"]]
    assert len(set(keys)) == 5
    assert keys[0] == keys[5] == keys[6]
    shown = [await ticket_of(anna, key) for key in keys]
    assert [one["environment"] for one in shown[:5]] == [
        "acme-prod",
        "brightwater-prod",
        "acme-staging",
        None,
        None,
    ]


async def test_labels_that_contradict_each_other_are_for_a_person(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    labels = {"customer": "acme", "environment": "brightwater-prod"}
    _, key = await effect(monitor, alert(labels=labels))
    assert (await ticket_of(anna, key))["customer"] is None
    assert "contradict" in "\n".join(await notes_of(anna, key))


@pytest.mark.parametrize("first", [True, False])
async def test_an_alert_that_names_nobody_belongs_to_the_only_one_of_its_group(
    monitor: AsyncClient, anna: AsyncClient, *, first: bool
) -> None:
    named, unnamed = alert("f1", labels=ACME), alert("f2", labels={"severity": "blocker"})
    await post(monitor, *((unnamed, named) if first else (named, unnamed)))
    (ticket,) = await all_tickets(anna)
    assert (ticket["environment"], ticket["priority"]) == ("acme-prod", "blocker")
    await post(monitor, alert("f3", labels=BRIGHTWATER), alert("f4", labels={}))
    assert len(await all_tickets(anna)) == 3, "of two nobody knows which"


async def test_common_labels_count_for_each_alert(monitor: AsyncClient, anna: AsyncClient) -> None:
    await post(monitor, alert(labels={}), commonLabels=LABELS)
    assert (await all_tickets(anna))[0]["environment"] == "acme-prod"


async def test_the_note_of_what_was_left_out_has_the_highest_number(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    for count in (5, 12, 3, 0):
        await post(monitor, alert(), truncatedAlerts=count)
    (ticket,) = await all_tickets(anna)
    (note,) = (one for one in await notes_of(anna, ticket["key"]) if "left" in one)
    assert "left 12 more alerts" in note


async def test_an_alert_without_fingerprint_is_recognised_by_its_labels(
    monitor: AsyncClient,
) -> None:
    old = alert()
    del old["fingerprint"]
    assert (await effect(monitor, old))[0] == "raised"
    assert (await effect(monitor, old))[0] == "duplicate"
    assert (await effect(monitor, old | {"status": "resolved"}))[0] == "resolved"


async def test_ended_and_firing_again_in_one_post_fires(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    await post(monitor, alert())
    await post(monitor, alert(status="resolved"), alert())
    assert len(await firing(anna)) == 1


async def test_one_that_flaps_ends_once_it_has_been_quiet(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """Thirty starts and ends are three outages and few notes, and the last end is the monitor's."""
    for minute in range(30):
        await freeze_time(database, NINE + timedelta(minutes=minute))
        await post(monitor, alert())
        await post(monitor, alert(status="resolved", endsAt=f"2030-01-07T09:{minute:02}:30Z"))
    (ticket,) = await all_tickets(anna)
    assert (await event_types(database)).count("raised") == 3
    assert len(await notes_of(anna, ticket["key"])) <= 8
    (last,) = await firing(anna)
    assert last["times"] == 28
    await freeze_time(database, NINE + timedelta(minutes=29 + 10))
    await fire_due(database, TIMERS)
    assert await firing(anna) == []
    (ended,) = (await anna.get("/v1/alerts", params={"limit": 1})).json()["items"]
    assert ended["ended_at"] == "2030-01-07T09:29:00Z"
    assert "All alerts of this ticket have ended" in (await notes_of(anna, ticket["key"]))[-1]


async def test_one_that_flaps_and_fires_again_goes_on(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    for _ in range(4):
        await post(monitor, alert())
        await post(monitor, alert(status="resolved"))
    await post(monitor, alert())
    await freeze_time(database, NINE + timedelta(hours=1))
    await fire_due(database, TIMERS)
    assert len(await firing(anna)) == 1
