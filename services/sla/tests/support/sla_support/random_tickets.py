"""Random lives of tickets, and what the figures of the reports must be after them."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from common.events.tickets import (
    TicketEvent,
    TicketMerged,
    TicketOnHold,
    TicketPrioritised,
    TicketReclassified,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketTriaged,
)
from common.persistence.database import Database
from sla.clocks.store import clocks
from sla.clocks.tables import clocks as clock_table
from sla.clocks.ticket_tables import tickets
from sla.reports.domain.percentiles import bucket_of
from sla.reports.store.rollups import ALL_CUSTOMERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, ticket_event, ticket_opened

Cell = tuple[Any, ...]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def day_of(at: datetime) -> date:
    return at.astimezone(AMSTERDAM).date()


class RandomTickets:
    """Random lives of tickets, as intake would tell them, and what a person would count of them.

    An event may be told late (its `at` lies days back) and is told twice now and then.
    """

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.number = 0
        self.open: dict[int, bool] = {}
        self.fields_by_ticket: dict[int, dict[str, Any]] = {}
        self.sequence: Counter[int] = Counter()
        self.state_changes: list[tuple[int, str, int, datetime]] = []

    def events(self, now: datetime) -> Iterator[tuple[TicketEvent, int]]:
        for _ in range(self.dice.randint(1, 6)):
            event = self._next(now)
            number = event.ticket_id.int
            self.sequence[number] += 1
            yield event, self.sequence[number]
            if self.dice.random() < 0.2:
                yield event, self.sequence[number]

    def _next(self, now: datetime) -> TicketEvent:
        late = now - self.dice.choice([0, 0, 0, 1, 30, 80]) * HOUR
        if not self.open or self.dice.random() < 0.4:
            return self._open(now, late)
        number = self.dice.choice(list(self.open))
        return self._change_state(number, late) or self._other_event(number, late)

    def _open(self, now: datetime, late: datetime) -> TicketEvent:
        self.number += 1
        customer = self.dice.choice([(ACME, "acme"), (BRIGHTWATER, "brightwater")])
        fields: dict[str, Any] = {
            "customer_id": customer[0],
            "customer": customer[1],
            "priority": self.dice.choice(["blocker", "major", "trivial"]),
            "kind": self.dice.choice(["incident", "question"]),
            "service": self.dice.choice(["billing", None]),
            "opened_at": late,
        }
        self.fields_by_ticket[self.number], self.open[self.number] = fields, True
        triage = self.dice.random() < 0.1
        hidden = {"customer_id": None, "customer": None} if triage else {}
        return ticket_opened(self.number, now, **fields | hidden)

    def _change_state(self, number: int, at: datetime) -> TicketEvent | None:
        kinds: dict[str, type[TicketEvent]] = (
            {"resolved": TicketResolved, "merged": TicketMerged}
            if self.open[number]
            else {"rejected": TicketRejected, "reopened": TicketReopened}
        )
        if self.dice.random() < 0.5:
            return None
        kind = self.dice.choice(list(kinds))
        extra_by_kind: dict[str, dict[str, Any]] = {
            "rejected": {"resolved_by": "anna"},
            "merged": {"into_id": UUID(int=1), "into": "OPS-1"},
        }
        extra = extra_by_kind.get(kind, {})
        change = -1 if self.open[number] else 1
        self.open[number] = not self.open[number]
        self.state_changes.append((number, kind, change, at))
        if kind == "merged":
            del self.open[number]
            survivor = self.fields_by_ticket[1]
            survivor["opened_at"] = min(survivor["opened_at"], self._opened_at(number))
        return ticket_event(kinds[kind], number, at, **self._event_fields(number), **extra)

    def _other_event(self, number: int, at: datetime) -> TicketEvent:
        fields = self._event_fields(number)
        match self.dice.randrange(5):
            case 0:
                previous = self.fields_by_ticket[number]["priority"]
                fields["priority"] = self.dice.choice(["blocker", "critical", "minor", "trivial"])
                self.fields_by_ticket[number]["priority"] = fields["priority"]
                return ticket_event(TicketPrioritised, number, at, previous=previous, **fields)
            case 4:
                return self._reclassify(number, at)
            case 1:
                return ticket_event(TicketReplied, number, at, message_id=UUID(int=7), **fields)
            case 2:
                return ticket_event(TicketOnHold, number, at, waiting_on="customer", **fields)
            case _:
                return ticket_event(
                    TicketTriaged, number, at, opened_at=self._opened_at(number), **fields
                )

    def _reclassify(self, number: int, at: datetime) -> TicketEvent:
        fields = self.fields_by_ticket[number]
        previous = {"previous_kind": fields["kind"], "previous_service": fields["service"]}
        fields["kind"] = self.dice.choice(["incident", "question", "problem"])
        fields["service"] = self.dice.choice(["billing", "portal"])
        people = {"requested_by": "anna", "confirmed_by": "omar", "opened_at": fields["opened_at"]}
        return ticket_event(
            TicketReclassified, number, at, **self._event_fields(number), **previous, **people
        )

    def _event_fields(self, number: int) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.fields_by_ticket[number].items()
            if name != "opened_at"
        }

    def _opened_at(self, number: int) -> datetime:
        at: datetime = self.fields_by_ticket[number]["opened_at"]
        return at

    def tickets_by_day(self, numbers: set[int]) -> Counter[Cell]:
        """What `ticket_figures` must say of these tickets: figures by cell, counted one by one."""
        counted: Counter[Cell] = Counter()
        state_changes = [turn for turn in self.state_changes if turn[0] in numbers]
        for number in numbers:
            cell, at = self._cell(number), self._opened_at(number)
            changes = [change for of, _, change, _ in state_changes if of == number]
            counted[*cell, day_of(at), "opened"] += 1
            counted[*cell, day_of(at), "entered"] += 1
            counted[*cell, day_of(at), "opened_epochs"] += int(at.timestamp())
            counted[*cell, day_of(at), "still_open"] += 1 + sum(changes)
        for number, kind, change, at in state_changes:
            cell = self._cell(number)
            counted[*cell, day_of(at), kind] += 1
            counted[*cell, day_of(at), "entered" if change > 0 else "gone"] += 1
            opened_at = int(self._opened_at(number).timestamp())
            counted[*cell, day_of(at), "opened_epochs"] += change * opened_at
        return Counter({cell: value for cell, value in counted.items() if value})

    def _cell(self, number: int) -> Cell:
        fields = self.fields_by_ticket[number]
        service = fields["service"] or ""
        return (fields["customer_id"], service, fields["priority"], fields["kind"])


async def load_figures(database: Database, table: str, names: str, keys: str = "") -> Counter[Cell]:
    """The figures of days, by cell; those of all customers are left out."""
    columns = f"customer_id, service, priority, kind, day{keys}"
    async with database.transaction() as tx:
        rows = await tx.execute(
            text(
                f"SELECT {columns}, {names} FROM {table} WHERE span = 'day' AND customer_id <> :all"
            ),
            {"all": ALL_CUSTOMERS},
        )
        width = len(columns.split(","))
        return Counter(
            {
                (*row[:width], name): value
                for row in rows
                for name, value in zip(names.split(", "), row[width:], strict=True)
                if value
            }
        )


async def clocks_by_day(database: Database) -> tuple[Counter[Cell], Counter[Cell]]:
    """What `clock_figures` and `time_figures` must say, from the clocks themselves."""
    outcomes: Counter[Cell] = Counter()
    times: Counter[Cell] = Counter()
    async with database.transaction() as tx:
        stored = await clocks.load(tx, list(await tx.scalars(select(clock_table.c.id))))
        of_somebody = tickets.c.customer_id.is_not(None)
        ended = select(tickets).where(tickets.c.ended_as == "resolved", of_somebody)
        rows = (await tx.execute(ended)).all()
    for stored_clock in stored:
        ticket, clock = stored_clock.ticket, stored_clock.clock
        cell = (ticket.customer_id, ticket.service or "", ticket.priority, ticket.kind)
        which = (clock.metric, "sla", ticket.agreement)
        at = clock.stopped_at if clock.outcome == "met" else clock.breached_at
        if clock.outcome is not None and at is not None:
            outcomes[*cell, day_of(at), *which, clock.outcome] += 1
        if clock.state == "stopped" and clock.stopped_at is not None:
            elapsed_bucket = bucket_of(max(clock.worst, clock.counted).total_seconds() // 1)
            times[*cell, day_of(clock.stopped_at), *which, elapsed_bucket, "ended"] += 1
    for row in rows:
        cell = (row.customer_id, row.service or "", row.priority, row.kind)
        elapsed_bucket = bucket_of(max(0, (row.ended_at - row.opened_at).total_seconds()))
        times[*cell, day_of(row.ended_at), "lifetime", "", "", elapsed_bucket, "ended"] += 1
    return outcomes, times
