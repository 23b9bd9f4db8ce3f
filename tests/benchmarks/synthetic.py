"""Tickets with their clocks for measurements: as many as wanted, the same ones every time.

They go in through sla's own statements, a few thousand at once, and every clock is what the fold
makes of it: so what is measured is what the service itself would have stored. Not stored are the
inputs of the clocks and their deadlines: nothing here fires, and nothing can be replayed. The days
of which reports tell are marked, and not counted yet.

That takes a third of a millisecond a ticket. So one ticket in COPIES is made like this, and the
others are its copies, spread over the other days: side by side they would share the cells of the
roll-ups, and flatter them. Their courses still tell the first one's times.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import text

from common.persistence.database import Database
from sla.agreements.domain.agreement import Agreement, Metric
from sla.calendars import store as calendars
from sla.clocks.domain.clock import Input, InputKind, Timetables
from sla.clocks.domain.ticket_clock import (
    Change,
    Ticket,
    TicketClock,
    apply_input,
    fire_due,
    new_clock,
)
from sla.clocks.store import clocks, tickets
from sla.reports.store import ticket_state_changes as store_turns
from sla.reports.store.ticket_state_changes import StateChangeKind
from sla_support.company import add_services, promise

BATCH_TICKETS = 2_500
COPIES = 10
REOPENED_SHARE = 0.04
"""The share of the tickets that are opened again after their first resolution."""
END = datetime(2026, 11, 1, tzinfo=UTC)
"""The youngest ticket was opened just before."""
METRICS: tuple[Metric, ...] = ("first_response", "resolution")
KINDS = {"incident": 50, "service_request": 30, "question": 12, "change_request": 6, "problem": 2}
PRIORITIES = {"blocker": 2, "critical": 8, "major": 35, "minor": 40, "trivial": 15}
SERVICES = {"billing": 40, "portal": 30, "reporting": 15, "imports": 10, "archive": 5}

_ID = "md5({0} || :copy)::uuid"
_FIRST = "key NOT LIKE 'BEN-%-%'"
_LATER = """(CAST(:later AS interval) - CASE WHEN tickets.opened_at + CAST(:later AS interval)
    < CAST(:end AS timestamptz) THEN interval '0' ELSE CAST(:whole AS interval) END)"""
_COPY = (
    f"""
    INSERT INTO tickets (id, key, title, kind, priority, customer_id, customer, environment,
        service, opened_at, agreement_version, agreement, ended_at, ended_as)
    SELECT {_ID.format("id")}, key || :copy, title, kind, priority, customer_id, customer,
        environment, service, opened_at + {_LATER}, agreement_version, agreement,
        ended_at + {_LATER}, ended_as
    FROM tickets WHERE {_FIRST}
    """,
    f"""
    INSERT INTO ticket_state_changes (ticket_id, ordinal, kind, at, customer_id, change)
    SELECT {_ID.format("ticket_id")}, ordinal, state_change.kind, at + {_LATER},
        state_change.customer_id, change
    FROM ticket_state_changes state_change JOIN tickets ON tickets.id = ticket_id WHERE {_FIRST}
    """,
    f"""
    INSERT INTO clocks (id, ticket_id, customer_id, metric, state, deadline, breached_at, outcome,
        outcome_at, next_at, ordinal, sequence, state_json, stopped_at, elapsed_seconds)
    SELECT {_ID.format("clocks.id")}, {_ID.format("ticket_id")}, clocks.customer_id, metric, state,
        deadline + {_LATER}, breached_at + {_LATER}, outcome, outcome_at + {_LATER}, next_at + {_LATER},
        ordinal, sequence, state_json, stopped_at + {_LATER}, elapsed_seconds
    FROM clocks JOIN tickets ON tickets.id = ticket_id WHERE {_FIRST}
    """,
)
_MARK_ALL = """
INSERT INTO dirty_days (customer_id, at)
SELECT id, (day + interval '12 hours') AT TIME ZONE day_zone FROM (
    SELECT DISTINCT id, day_zone, date_trunc('day', at AT TIME ZONE day_zone) AS day
    FROM customers JOIN (
        SELECT customer_id, opened_at AS at FROM tickets
        UNION ALL SELECT customer_id, at FROM ticket_state_changes
        UNION ALL SELECT customer_id, outcome_at FROM clocks WHERE outcome IS NOT NULL
        UNION ALL SELECT customer_id, stopped_at FROM clocks WHERE stopped_at IS NOT NULL
        UNION ALL SELECT customer_id, ended_at FROM tickets WHERE ended_at IS NOT NULL
    ) instants ON instants.customer_id = customers.id
) days ORDER BY day
"""


@dataclass(frozen=True, slots=True)
class Size:
    """`open_share` of the tickets are not resolved; the rest took some minutes to some weeks."""

    tickets: int
    customers: int = 200
    days: int = 730
    open_share: float = 0.02


@dataclass(frozen=True, slots=True)
class Life:
    """One ticket, when it was answered, and how it ended and began again, in turns."""

    ticket: Ticket
    replied_at: datetime | None
    turns: tuple[tuple[StateChangeKind, datetime], ...]


async def load(url: str, size: Size, seed: int = 4) -> None:
    """Fill the sla schema at `url` (migrated, without tickets, simulated time)."""
    database = Database(url, "sla", pool_size=2)
    try:
        await _fill(database, size, random.Random(seed))
    finally:
        await database.close()


async def _fill(database: Database, size: Size, dice: random.Random) -> None:
    promised = [
        replace_fields(
            await promise(database, (UUID(int=0xC000 + n), f"customer-{n}")), warning_thresholds=()
        )
        for n in range(size.customers)
    ]
    await add_services(database, *SERVICES)
    used = {id for one in promised for id in (one.calendar, *one.calendars.values())}
    async with database.transaction() as tx:
        tables = await calendars.load_timetables(tx, used)
    lives = _lives(promised, size, dice)
    while batch := list(islice(lives, BATCH_TICKETS)):
        await _store(database, batch, {one.id: one for one in promised}, tables)
    whole = timedelta(days=size.days)
    for copy in range(1, min(COPIES, size.tickets)):
        await _copy(database, copy, copy * whole / COPIES, whole)
    async with database.transaction() as tx:
        await tx.execute(text(_MARK_ALL))


async def _copy(database: Database, copy: int, later: timedelta, whole: timedelta) -> None:
    """All first tickets once more, under other ids and so much later; the youngest begin anew."""
    when = {"later": later, "end": END, "whole": whole}
    async with database.transaction() as tx:
        for statement in _COPY:
            await tx.execute(text(statement), {"copy": f"-{copy}"} | when)
        await tx.execute(text("DELETE FROM dirty_days"))


def _lives(promised: Sequence[Agreement], size: Size, dice: random.Random) -> Iterator[Life]:
    """In the order of their opening; a few customers have most of the tickets."""
    shares = [1 / (rank + 1) ** 0.8 for rank in range(len(promised))]
    made = max(1, size.tickets // COPIES)
    step = timedelta(days=size.days) / made
    for number in range(made):
        opened_at = END - step * (made - number)
        (agreement,) = dice.choices(promised, shares)
        ticket = Ticket(
            id=UUID(int=0x7000_0000_0000_0000_8000 << 48 | number),
            key=f"BEN-{number}",
            title="Synthetic",
            kind=_weighted_choice(KINDS, dice),
            priority=_weighted_choice(PRIORITIES, dice),
            customer_id=agreement.customer_id,
            customer=agreement.key.removesuffix("-standard"),
            environment=None,
            service=_weighted_choice(SERVICES, dice),
            opened_at=opened_at,
            agreement_version=agreement.id,
            agreement=agreement.key,
        )
        yield _random_life(ticket, dice, open_still=dice.random() < size.open_share)


def _random_life(ticket: Ticket, dice: random.Random, *, open_still: bool) -> Life:
    answered = ticket.opened_at + timedelta(minutes=min(dice.lognormvariate(3.5, 1.2), 20_000))
    solved = answered + timedelta(hours=min(dice.lognormvariate(1.5, 1.4), 2_000))
    replied_at = None if open_still and dice.random() < 0.3 else answered
    if open_still:
        return Life(ticket, replied_at, ())
    again, at_last = (solved + timedelta(hours=dice.expovariate(1 / 48)) for _ in range(2))
    if dice.random() >= REOPENED_SHARE:
        return Life(ticket, replied_at, (("resolved", solved),))
    ends: tuple[tuple[StateChangeKind, datetime], ...] = (("resolved", solved), ("reopened", again))
    return Life(ticket, replied_at, (*ends, ("resolved", max(again, at_last))))


def _weighted_choice(weights: dict[str, int], dice: random.Random) -> str:
    (found,) = dice.choices(list(weights), list(weights.values()))
    return found


async def _store(
    database: Database,
    lives: Sequence[Life],
    promised: dict[UUID, Agreement],
    tables: Timetables,
) -> None:
    measured = [
        one
        for life in lives
        if life.ticket.agreement_version is not None
        for one in _clocks(life, promised[life.ticket.agreement_version], tables)
    ]
    async with database.transaction() as tx:
        await tickets.upsert(tx, [life.ticket for life in lives])
        await clocks.add(tx, measured)
        for part in range(3):
            turned = [
                (life.ticket.id, part + 2, *life.turns[part])
                for life in lives
                if part < len(life.turns)
            ]
            await store_turns.insert(tx, turned)
        # Marked by the minute, as they come, they would be counted over and over again.
        await tx.execute(text("DELETE FROM dirty_days"))


def _clocks(
    life: Life, agreement: Agreement, tables: Timetables
) -> Iterator[tuple[TicketClock, Input]]:
    ticket, dice = life.ticket, random.Random(life.ticket.id.int)
    for metric in METRICS:
        terms = agreement.terms_for(metric, ticket.priority, ticket.kind)
        first_input = Input(1, "opened", ticket.opened_at, ticket.opened_at, terms)
        id = UUID(int=dice.getrandbits(128), version=4)
        tracked = new_clock(id, ticket, metric, first_input, tables)
        for kind, at in _inputs_of(life):
            tracked = _after(apply_input(tracked, Input(0, kind, at, at), tables))
        yield _after(fire_due(tracked, END, tables)), first_input


def _inputs_of(life: Life) -> Iterator[tuple[InputKind, datetime]]:
    if life.replied_at is not None:
        yield "replied", life.replied_at
    for turn, at in life.turns:
        yield ("resolved" if turn == "resolved" else "reopened"), at


def _after(change: Change) -> TicketClock:
    return replace(
        change.before, clock=change.clock, ordinal=change.ordinal, next_at=change.next_at
    )
