"""R3, R5: an outage in production is one case, from its beginning to its end."""

from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import insert

from common.events.outages import (
    OutageCorrected,
    OutageEnded,
    OutageEvent,
    OutageStarted,
    OutageSuperseded,
)
from common.events.tickets import BlockerRaised
from common.persistence.database import Database
from escalation.directory.tables import environments
from escalation.handlers import HANDLERS
from escalation_support.builders import ACME, MINUTE, NIGHT, TICKET, ticket_event
from opsdesk_testing.protocol import deliver, outbox_events

O = TypeVar("O", bound=OutageEvent)
WORDS = {"requested_by": "anna", "confirmed_by": "theo"}


def outage(kind: type[O], **changed: Any) -> O:
    payload: dict[str, Any] = {
        "at": NIGHT,
        "outage_id": UUID(int=0x07),
        "outage": "OUT-7",
        "ticket_id": None,
        "reported_by": "manual",
        "effect": "down",
        "customer_id": ACME,
        "customer": "acme",
        "environment": "acme-prod",
        "service": "billing",
        "started_at": NIGHT - 5 * MINUTE,
        "ended_at": None,
        "counts": True,
        "others_open": 0,
    }
    return kind(**payload | changed)


def ended(**changed: Any) -> OutageEnded:
    return outage(OutageEnded, ended_at=NIGHT, **changed)


async def case_events(database: Database) -> list[tuple[str, str]]:
    """The short type and the trigger of each event of a case, in order."""
    steps = ("opened", "resolved", "withdrawn")
    return [
        (event.type.split(".")[2], event.body["trigger"])
        for event in await outbox_events(database)
        if event.topic == "opsdesk.escalations" and event.type.split(".")[2] in steps
    ]


async def test_an_outage_reported_by_hand_tells_the_dm_until_it_is_over(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (outage(OutageStarted), 1))
    opened = next(
        event
        for event in await outbox_events(database)
        if event.type.endswith("escalation.opened.v1")
    )
    assert opened.body["title"] == "OUT-7: billing on acme-prod is down, reported"
    assert "opsdesk.escalations.dm" in {event.topic for event in await outbox_events(database)}
    assert await case_events(database) == [("opened", "outage")]
    await deliver(database, HANDLERS, (ended(), 2))
    assert await case_events(database) == [("opened", "outage"), ("resolved", "outage")]


async def test_reported_twice_it_is_one_case(database: Database) -> None:
    """E9; the same record, and a correction of one that lasts"""
    started = outage(OutageStarted, reported_by="monitoring")
    await deliver(database, HANDLERS, (started, 1))
    await deliver(database, HANDLERS, (started, 1))
    earlier = {"started_at": NIGHT - 9 * MINUTE, "reported_by": "monitoring", **WORDS}
    await deliver(database, HANDLERS, (outage(OutageCorrected, **earlier), 2))
    assert await case_events(database) == [("opened", "outage")]


async def test_two_outages_are_two_cases(database: Database) -> None:
    other = outage(OutageStarted, outage_id=UUID(int=8), outage="OUT-8", service="portal")
    await deliver(database, HANDLERS, (outage(OutageStarted), 1), (other, 1))
    assert await case_events(database) == [("opened", "outage")] * 2
    await deliver(database, HANDLERS, (ended(), 2))
    assert (await case_events(database))[2:] == [("resolved", "outage")]


@pytest.mark.parametrize(
    "changed",
    [
        {"ended_at": NIGHT},
        {"effect": "degraded"},
        {"counts": False},
        {"reported_by": "ticket", "ticket_id": TICKET},
        {"environment": "acme-staging"},
    ],
)
async def test_what_is_over_or_noticed_by_nobody_opens_nothing(
    database: Database, changed: dict[str, Any]
) -> None:
    staging = {"key": "acme-staging", "customer": "acme", "tier": "staging", "name": "Staging"}
    async with database.transaction() as tx:
        await tx.execute(insert(environments).values(id=UUID(int=9), retired=False, **staging))
    await deliver(database, HANDLERS, (outage(OutageStarted, **changed), 1), (ended(), 2))
    assert await case_events(database) == []


@pytest.mark.parametrize(
    "where",
    [
        {"environment": None, "customer": None, "customer_id": None},
        {"environment": "acme-new", "service": None},
    ],
)
async def test_an_unknown_environment_counts_as_production(
    database: Database, where: dict[str, Any]
) -> None:
    """Better a page too many"""
    await deliver(database, HANDLERS, (outage(OutageStarted, **where), 1))
    assert await case_events(database) == [("opened", "outage")]


@pytest.mark.parametrize(
    ("corrected", "why"),
    [
        ({"counts": False}, "OUT-7 was not an outage, say anna and theo"),
        ({"ended_at": NIGHT}, "OUT-7 is over"),
    ],
)
async def test_a_correction_ends_the_case(
    database: Database, corrected: dict[str, Any], why: str
) -> None:
    """Whoever was notified of what was not an outage gets an all-clear."""
    await deliver(database, HANDLERS, (outage(OutageStarted), 1))
    await deliver(database, HANDLERS, (outage(OutageCorrected, **corrected, **WORDS), 2))
    assert (await case_events(database))[-1] == ("resolved", "outage")
    assert any(why in str(event.body) for event in await outbox_events(database))


async def test_a_correction_that_it_lasts_after_all_opens_it(database: Database) -> None:
    await deliver(database, HANDLERS, (outage(OutageStarted), 1), (ended(), 2))
    await deliver(database, HANDLERS, (outage(OutageCorrected, **WORDS), 3))
    assert [kind for kind, _ in await case_events(database)] == ["opened", "resolved", "opened"]


async def test_an_outage_whose_blocker_is_escalated_is_a_line_of_that_case(
    database: Database,
) -> None:
    """E9"""
    seen = outage(OutageStarted, reported_by="monitoring", ticket_id=TICKET)
    await deliver(database, HANDLERS, (ticket_event(BlockerRaised), 1), (seen, 1))
    assert await case_events(database) == [("opened", "blocker_raised")]
    repeated = [event for event in await outbox_events(database) if "OUT-7" in str(event.body)]
    assert repeated


async def test_a_blocker_that_comes_after_its_outage_replaces_it(database: Database) -> None:
    seen = outage(OutageStarted, reported_by="monitoring", ticket_id=TICKET)
    await deliver(database, HANDLERS, (seen, 1), (ticket_event(BlockerRaised), 1))
    assert sorted(await case_events(database)) == [
        ("opened", "blocker_raised"),
        ("opened", "outage"),
        ("resolved", "outage"),
    ]


async def test_an_outage_that_a_monitor_supersedes_ends(database: Database) -> None:
    superseded = outage(OutageSuperseded, counts=False, superseded_by="OUT-8")
    await deliver(database, HANDLERS, (outage(OutageStarted), 1), (superseded, 2))
    assert await case_events(database) == [("opened", "outage"), ("resolved", "outage")]


async def test_a_storm_of_outages_of_one_ticket_is_one_case_until_the_last_is_over(
    database: Database,
) -> None:
    """E9: nobody is paged a hundred times. Another service of the same ticket is another case."""
    shared = {"ticket_id": TICKET, "reported_by": "monitoring"}

    def one(n: int, **changed: Any) -> dict[str, Any]:
        return {"outage_id": UUID(int=n), "outage": f"OUT-{n}"} | shared | changed

    for n in range(1, 101):
        started = outage(OutageStarted, **one(n, others_open_of_ticket=n - 1))
        await deliver(database, HANDLERS, (started, 1))
    assert await case_events(database) == [("opened", "outage")]
    await deliver(database, HANDLERS, (outage(OutageStarted, **one(200, service="portal")), 1))
    assert await case_events(database) == [("opened", "outage")] * 2
    for n in range(1, 100):
        await deliver(database, HANDLERS, (ended(**one(n, others_open_of_ticket=100 - n)), 2))
    wrong = outage(OutageCorrected, counts=False, **WORDS, **one(99, others_open_of_ticket=1))
    await deliver(database, HANDLERS, (wrong, 3))
    assert await case_events(database) == [("opened", "outage")] * 2
    await deliver(database, HANDLERS, (ended(**one(100)), 2))
    assert (await case_events(database))[2:] == [("resolved", "outage")]
