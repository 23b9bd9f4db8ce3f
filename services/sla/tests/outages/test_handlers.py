"""Outages from events of monitoring and tickets, in any order and repeated."""

from typing import Any
from uuid import UUID

import pytest

from common.events.tickets import BlockerLifted, BlockerRaised, TicketOpened
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.outages.domain.rules import Rule
from sla.outages.store import rules as outage_rules
from sla.outages.store.rules import Rules
from sla_support.alerts import (
    alert_ended,
    alert_raised,
    alert_worsened,
    all_outages,
    blocker_event,
    counted_outages,
)
from sla_support.company import ACME, HOUR, NINE, announce_customers


@pytest.fixture(autouse=True)
async def acme(database: Database) -> None:
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, NINE + 12 * HOUR)


def event_kinds(events: list[Any]) -> list[str]:
    return [one.type.removeprefix("opsdesk.").removesuffix(".v1") for one in events]


async def test_an_alert_is_an_outage_from_its_own_beginning_to_its_own_end(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (alert_raised(1), 1))
    (outage,) = await all_outages(database)
    assert (outage.started_at, outage.ended_at, outage.effect) == (NINE, None, "down")
    await deliver(database, HANDLERS, (alert_ended(1, NINE, NINE + HOUR), 2))
    (outage,) = await all_outages(database)
    assert (outage.ended_at, outage.ordinal) == (NINE + HOUR, 2)
    events = await outbox_events(database)
    assert event_kinds(events) == ["outage.started", "outage.ended"]
    assert [one.sequence for one in events] == [1, 2]
    assert events[-1].body["ended_at"] == "2026-06-01T08:00:00Z"


async def test_what_comes_twice_or_in_the_wrong_order_makes_one_outage(database: Database) -> None:
    """The end waits for its beginning"""
    await deliver(database, HANDLERS, (alert_ended(1, NINE, NINE + HOUR), 2))
    assert await all_outages(database) == []
    for _ in range(2):
        await deliver(
            database, HANDLERS, (alert_raised(1), 1), (alert_ended(1, NINE, NINE + HOUR), 2)
        )
    (outage,) = await all_outages(database)
    assert (outage.started_at, outage.ended_at) == (NINE, NINE + HOUR)


async def test_which_alerts_count_is_data(database: Database) -> None:
    """By the usual rules what pages is down; the end of what did not count is ignored"""
    warning = alert_raised(1, severity="warning")
    await deliver(database, HANDLERS, (warning, 1), (alert_ended(1, NINE, NINE + HOUR), 2))
    await deliver(database, HANDLERS, (alert_raised(2, severity="PAGE"), 1))
    assert [one.source_id for one in await all_outages(database)] == [alert_raised(2).alert_id]
    rules = (
        Rule(None, services=("billing",), name_prefix="billing-down-4"),
        Rule("degraded", "monitoring", levels=("warning",), environments=("acme-prod",)),
        Rule("down", "monitoring", levels=("", "critical")),
    )
    async with database.transaction() as tx:
        await outage_rules.add(tx, Rules(1, rules, "theo", NINE))
    third, fourth = alert_raised(3, severity="warning"), alert_raised(4)
    await deliver(database, HANDLERS, (third, 1), (fourth, 1), (alert_raised(5, severity=None), 1))
    found = [(one.source_id, one.effect) for one in (await all_outages(database))[-2:]]
    assert sorted(found) == [(third.alert_id, "degraded"), (alert_raised(5).alert_id, "down")]


@pytest.mark.parametrize(
    ("severity", "priority"),
    [("emergency", "blocker"), ("P1", "blocker"), ("crit", "critical"), ("purple", "critical")],
)
async def test_an_alert_is_down_by_what_its_severity_means(
    database: Database, severity: str, priority: str
) -> None:
    """The rules name severities or priorities: every monitor has words of its own."""
    meant: dict[str, Any] = {"severity": severity, "priority": priority}
    await deliver(database, HANDLERS, (alert_raised(1, **meant), 1))
    await deliver(database, HANDLERS, (alert_raised(2, severity="warn", priority="major"), 1))
    assert [one.effect for one in await all_outages(database)] == ["down"]


async def test_an_alert_that_becomes_worse_is_an_outage_from_then_on(database: Database) -> None:
    warned: dict[str, Any] = {"severity": "warn", "priority": "major"}
    await deliver(database, HANDLERS, (alert_raised(1, **warned), 1))
    assert await all_outages(database) == []
    fatal = {"severity": "fatal", "priority": "blocker"}
    await deliver(database, HANDLERS, (alert_worsened(1, NINE + HOUR, **fatal), 2))
    (outage,) = await all_outages(database)
    assert (outage.started_at, outage.ended_at) == (NINE + HOUR, None)
    ended = alert_ended(1, NINE, NINE + 2 * HOUR, **fatal)
    await deliver(database, HANDLERS, (ended, 3))
    (outage,) = await all_outages(database)
    assert outage.ended_at == NINE + 2 * HOUR


async def test_an_alert_that_was_an_outage_and_becomes_worse_is_the_same_outage(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (alert_raised(1, priority="critical"), 1))
    worse = alert_worsened(1, NINE + HOUR, severity="blocker", priority="blocker")
    await deliver(database, HANDLERS, (worse, 2))
    (outage,) = await all_outages(database)
    assert (outage.started_at, outage.ended_at) == (NINE, None)


async def test_one_that_becomes_down_after_being_degraded_ends_the_one_and_starts_the_other(
    database: Database,
) -> None:
    rules = (
        Rule("degraded", "monitoring", levels=("warning",)),
        Rule("down", "monitoring", levels=("blocker",)),
    )
    async with database.transaction() as tx:
        await outage_rules.add(tx, Rules(1, rules, "theo", NINE))
    await deliver(database, HANDLERS, (alert_raised(1, severity="warning", priority="major"), 1))
    worse = alert_worsened(1, NINE + HOUR, severity="fatal", priority="blocker")
    await deliver(database, HANDLERS, (worse, 2))
    found = sorted(
        (one.started_at, one.ended_at or NINE, one.effect) for one in await all_outages(database)
    )
    assert found == [(NINE, NINE + HOUR, "degraded"), (NINE + HOUR, NINE, "down")]


async def test_an_alert_of_an_unknown_customer_is_not_everybodys_outage(database: Database) -> None:
    nobody: dict[str, Any] = {"customer_id": None, "customer": None, "environment": None}
    nowhere: dict[str, Any] = {"environment": None, "service": None}
    await deliver(
        database, HANDLERS, (alert_raised(1, **nobody), 1), (alert_raised(2, **nowhere), 1)
    )
    assert await all_outages(database) == []


async def test_a_blocker_is_an_outage_since_it_was_noticed(database: Database) -> None:
    """C2: phoned in an hour late. The event that it blocks says nothing new."""
    opened = blocker_event(TicketOpened, 1, NINE + HOUR, opened_at=NINE, channel="phone")
    at_once = blocker_event(BlockerRaised, 1, NINE + HOUR)
    await deliver(database, HANDLERS, (opened, 1), (at_once, 2))
    (outage,) = await all_outages(database)
    assert (outage.started_at, outage.ended_at, outage.source) == (NINE, None, "ticket")
    lifted = blocker_event(BlockerLifted, 1, NINE + 3 * HOUR, reason="resolved")
    await deliver(database, HANDLERS, (lifted, 3))
    again = blocker_event(BlockerRaised, 1, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (again, 4))
    found = [(one.started_at, one.ended_at) for one in await all_outages(database)]
    assert found == [(NINE, NINE + 3 * HOUR), (NINE + 4 * HOUR, None)]


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "service_request"},
        {"priority": "critical"},
        {"environment": None, "service": None},
        {"environment": None},
    ],
)
async def test_other_tickets_are_no_outages(database: Database, more: dict[str, Any]) -> None:
    await deliver(database, HANDLERS, (blocker_event(BlockerRaised, 1, **more), 1))
    lifted = blocker_event(BlockerLifted, 1, NINE + HOUR, reason="lowered", **more)
    await deliver(database, HANDLERS, (lifted, 2))
    assert await all_outages(database) == []


@pytest.mark.parametrize("alert_first", [True, False])
async def test_where_monitoring_measures_the_ticket_does_not_count_again(
    database: Database, alert_first: bool
) -> None:
    """The monitor saw it up at ten; the ticket was resolved at noon"""
    ticket: dict[str, Any] = {
        "ticket_id": blocker_event(BlockerRaised, 1).ticket_id,
        "ticket": "OPS-1",
    }
    alert = (alert_raised(1, NINE, severity="blocker", **ticket), 1)
    block = (blocker_event(BlockerRaised, 1), 1)
    await deliver(database, HANDLERS, *([alert, block] if alert_first else [block, alert]))
    await deliver(database, HANDLERS, (alert_ended(1, NINE, NINE + HOUR, **ticket), 2))
    lifted = blocker_event(BlockerLifted, 1, NINE + 3 * HOUR, reason="resolved")
    await deliver(database, HANDLERS, (lifted, 2))
    (outage,) = await counted_outages(database)
    assert (outage.source, outage.ended_at) == ("monitoring", NINE + HOUR)
    assert ("outage.superseded" in event_kinds(await outbox_events(database))) is not alert_first
    successors = [one.superseded_by for one in await all_outages(database)]
    assert successors == ([None] if alert_first else [outage.key, None])


async def test_eight_alerts_of_one_place_are_told_as_one_that_goes_on(database: Database) -> None:
    await deliver(database, HANDLERS, *((alert_raised(number), 1) for number in range(1, 9)))
    others = [one.body["others_open"] for one in await outbox_events(database)]
    assert others == list(range(8))
    ends = [(alert_ended(number, NINE, NINE + number * HOUR), 2) for number in range(1, 9)]
    await deliver(database, HANDLERS, *ends)
    assert [one.body["others_open"] for one in await outbox_events(database)][8:] == list(
        range(7, -1, -1)
    )


async def test_alerts_of_one_ticket_say_how_many_others_of_it_are_open(database: Database) -> None:
    ticket: dict[str, Any] = {"ticket_id": UUID(int=0x71C), "ticket": "OPS-1"}
    other = {"ticket_id": UUID(int=0x71D), "ticket": "OPS-2"}
    given: list[dict[str, Any]] = [ticket, ticket, other, {}, {}]
    for number, one in enumerate(given, 1):
        await deliver(database, HANDLERS, (alert_raised(number, **one), 1))
    await deliver(database, HANDLERS, (alert_ended(1, NINE, NINE + HOUR, **ticket), 2))
    found = [one.body["others_open_of_ticket"] for one in await outbox_events(database)]
    assert found == [0, 1, 0, 0, 0, 1]
