"""Targets that ask for the customer's tier and for a tag (decision 0931)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.directory import CustomerKnown
from common.events.ticket_tags import TicketTagged
from common.events.tickets import (
    TicketForwarded,
    TicketPrioritised,
    TicketResolved,
    TicketTriaged,
)
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.agreements.domain.agreement import Agreement, Target, Terms
from sla.agreements.domain.ticket_traits import TicketTraits
from sla.clocks.handlers.tags import is_weaker
from sla.clocks.store import tickets
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import (
    assert_consistent,
    clocks_of,
    resolution_clock,
)
from sla_support.company import (
    ACME,
    HOUR,
    NINE,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)
from sla_support.tier_targets import TARGETS, agree_by_tier_and_tag

CALENDAR = UUID(int=2)


def agreement(targets: tuple[Target, ...] = TARGETS) -> Agreement:
    return Agreement(UUID(int=1), "a", 1, ACME, NINE, None, targets, CALENDAR)


@pytest.mark.parametrize(
    ("tier", "tags", "hours"),
    [
        (None, (), 8),
        ("silver", ("unknown",), 8),
        ("gold", (), 6),
        (None, ("security",), 4),
        ("gold", ("security",), 2),
        (None, ("batch", "security", "vip"), 3),
        (None, ("batch",), 20),
        ("gold", ("batch",), 6),
    ],
)
def test_the_tier_goes_before_a_tag_and_of_several_tags_the_strictest_counts(
    tier: str | None, tags: tuple[str, ...], hours: int
) -> None:
    traits = TicketTraits(customer_tier=tier, tags=tags)
    for targets in (TARGETS, TARGETS[::-1]):
        terms = agreement(targets).terms_for("resolution", "major", "incident", traits)
        assert terms.target == hours * HOUR


def test_of_two_tags_one_that_promises_nothing_comes_last() -> None:
    nothing = Target("resolution", "major", None, tag="batch")
    for targets in ((nothing, *TARGETS[:4]), (*TARGETS[:4], nothing)):
        both = TicketTraits(tags=("batch", "vip"))
        assert (
            agreement(targets).terms_for("resolution", "major", "incident", both).target == 3 * HOUR
        )
        alone = TicketTraits(tags=("batch",))
        assert agreement(targets).terms_for("resolution", "major", "incident", alone).target is None


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (Terms(4 * HOUR, CALENDAR), Terms(8 * HOUR, CALENDAR), False),
        (Terms(8 * HOUR, CALENDAR), Terms(8 * HOUR, CALENDAR), False),
        (Terms(9 * HOUR, CALENDAR), Terms(8 * HOUR, CALENDAR), True),
        (Terms(None, CALENDAR), Terms(8 * HOUR, CALENDAR), True),
        (Terms(9 * HOUR, CALENDAR), Terms(None, CALENDAR), False),
        (Terms(4 * HOUR, CALENDAR, pausable=True), Terms(8 * HOUR, CALENDAR, pausable=False), True),
        (Terms(4 * HOUR, CALENDAR, pausable=False), Terms(8 * HOUR, CALENDAR), False),
    ],
)
def test_less_promised_is_weaker(new: Terms, old: Terms, expected: bool) -> None:
    assert is_weaker(new, old) is expected


def tagged(number: int, at_hour: float, *tags: str, **facts: Any) -> TicketTagged:
    at = NINE + at_hour * HOUR
    return ticket_event(TicketTagged, number, at, by="anna", tags=list(tags), previous=[], **facts)


async def announce_acme(database: Database, tier: str | None, sequence: int) -> None:
    event = CustomerKnown(
        at=NINE, customer_id=ACME, customer="acme", name="Acme", timezone="Europe/Amsterdam",
        language="nl", tier=tier,
    )  # fmt: skip
    await deliver(database, HANDLERS, (event, sequence))


async def hours_of(database: Database, number: int = 1) -> float:
    target = (await resolution_clock(database, number)).clock.terms.target
    assert target is not None
    return target / HOUR


@pytest.fixture
async def agreed(database: Database, app: FastAPI, theo: AsyncClient, gina: AsyncClient) -> None:
    await agree_by_tier_and_tag(database, theo, gina)


@pytest.mark.usefixtures("agreed")
async def test_tier_and_tags_count_as_they_were_at_the_opening(
    database: Database, theo: AsyncClient
) -> None:
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2, tags=["vip"]), 1))
    await announce_acme(database, "gold", 9)
    await deliver(
        database, HANDLERS, (ticket_opened(3), 1), (ticket_opened(4, tags=["vip", "security"]), 1)
    )
    assert [await hours_of(database, number) for number in (1, 2, 3, 4)] == [8, 3, 6, 2]
    await announce_acme(database, None, 10)
    raised = ticket_event(TicketPrioritised, 4, priority="critical", previous="major")
    lowered = ticket_event(TicketPrioritised, 4, previous="critical", confirmed_by="theo")
    await deliver(database, HANDLERS, (raised, 2), (lowered, 3))
    assert await hours_of(database, 4) == 2, "another tier changes no promise that was given"
    await assert_consistent(database)
    query = "customer=acme&priority=major&kind=incident"
    matching = f"/v1/agreements/matching?{query}"
    for more, seconds in (("", 8), ("&tag=vip&tag=batch", 3), ("&customer_tier=gold", 6)):
        (terms,) = (await theo.get(matching + more)).json()["terms"]
        assert terms["target_seconds"] == seconds * 3600
    assert terms["reason"] == "the target for gold"


@pytest.mark.usefixtures("agreed")
async def test_a_tag_that_is_added_makes_a_promise_stricter_for_the_time_already_counted(
    database: Database, theo: AsyncClient
) -> None:
    """C6: and the explanation says by which tag, and by whom"""
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (tagged(1, 1, "security", "hint"), 2))
    clock = (await resolution_clock(database)).clock
    assert clock.deadline == NINE + 4 * HOUR
    id = (await resolution_clock(database)).id
    text = (await theo.get(f"/v1/clocks/{id}/explanation?format=text")).text
    assert "another tag (tag hint, security): 4 hr promised instead of 8 hr" in " ".join(
        text.split()
    )
    assert "by Anna" in " ".join(text.split())
    moved = [one.body for one in await outbox_events(database) if "deadline_changed" in one.type]
    assert [one["reason"] for one in moved] == ["tags_changed"]
    await assert_consistent(database)


@pytest.mark.usefixtures("agreed")
async def test_one_that_comes_too_late_breaks_the_promise_at_once_and_says_why(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 5 * HOUR)
    await deliver(database, HANDLERS, (tagged(1, 5, "vip"), 2))
    await fire_due(database, TIMERS)
    clock = (await resolution_clock(database)).clock
    assert (clock.breached_at, clock.breach_reason) == (NINE + 5 * HOUR, "tags_changed")
    await assert_consistent(database)


@pytest.mark.usefixtures("agreed")
async def test_no_tag_makes_a_promise_weaker(database: Database) -> None:
    """R1: one person sets it. Neither one that is added, nor one that is taken off, nor later"""
    await deliver(
        database, HANDLERS, (ticket_opened(1, tags=["security"]), 1), (ticket_opened(2), 1)
    )
    await deliver(database, HANDLERS, (tagged(1, 1), 2), (tagged(2, 1, "batch"), 2))
    assert [await hours_of(database, number) for number in (1, 2)] == [4, 8]
    for number in (1, 2):
        raised = ticket_event(TicketPrioritised, number, priority="critical", previous="major")
        lowered = ticket_event(TicketPrioritised, number, previous="critical", confirmed_by="theo")
        await deliver(database, HANDLERS, (raised, 3), (lowered, 4))
    assert [await hours_of(database, number) for number in (1, 2)] == [4, 8]
    await assert_consistent(database)


@pytest.mark.usefixtures("agreed")
async def test_what_is_resolved_keeps_its_result(database: Database) -> None:
    resolved = ticket_event(TicketResolved, 1, NINE + 5 * HOUR, state="resolved")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (resolved, 2))
    await deliver(database, HANDLERS, (tagged(1, 6, "security"), 3))
    clock = (await resolution_clock(database)).clock
    assert (clock.outcome, clock.terms.target) == ("met", 8 * HOUR)
    await assert_consistent(database)


@pytest.mark.usefixtures("agreed")
async def test_a_ticket_in_triage_remembers_its_tags(database: Database) -> None:
    nobody: dict[str, Any] = {"customer_id": None, "customer": None}
    unknown = ticket_opened(1, needs_triage=True, tags=["security"], **nobody)
    known = ticket_event(TicketTriaged, 1, opened_at=NINE)
    await deliver(database, HANDLERS, (unknown, 1), (tagged(1, 1, "vip", **nobody), 2), (known, 3))
    assert await hours_of(database) == 3
    async with database.transaction() as tx:
        stored = await tickets.find(tx, UUID(int=1))
    assert stored is not None
    assert stored.tags == "security vip"


async def test_a_partner_s_clocks_follow_their_own_contract(database: Database) -> None:
    terms = await promise(database, metrics=("resolution",))
    strict = Target("resolution", "major", HOUR, tag="security")
    await underpin(database, replace(terms, targets=(*terms.targets, strict)), "hosthaven", 1)
    taken: dict[str, Any] = {"state": "forwarded", "to": "partner", "partner": "hosthaven"}
    forwarded = ticket_event(TicketForwarded, 1, NINE + HOUR, **taken)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (forwarded, 2))
    await deliver(database, HANDLERS, (tagged(1, 1.5, "security", state="forwarded"), 3))
    theirs, ours = await clocks_of(database, 1, 1), await clocks_of(database, 1, 0)
    assert theirs["resolution"].clock.terms.target == HOUR
    assert ours["resolution"].clock.terms.target == 8 * HOUR
