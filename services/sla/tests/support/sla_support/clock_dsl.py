"""A clock's life in minutes after Monday 09:00 UTC, on a 24/7 calendar unless said otherwise."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sla.agreements.domain.agreement import Metric, Terms
from sla.calendars.domain.calendar import Calendar, always_open, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.simulation import Simulation, simulate

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
ROUND, OFFICE = UUID(int=1), UUID(int=2)
ZONE = read_zone("Europe/Amsterdam")
TABLES = {
    ROUND: Timetable(always_open(ZONE)),
    OFFICE: Timetable(Calendar(ZONE, (parse_hours([("08:00", "17:00")]),) * 5 + ((), ()))),
}
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NINE + minutes * MINUTE


def terms(minutes: float | None, calendar: UUID = ROUND, pausable: bool = True) -> Terms:
    return Terms(None if minutes is None else minutes * MINUTE, calendar, pausable)


def make_input(minutes: float, kind: InputKind, target_terms: Terms | None = None) -> Input:
    return Input(0, kind, at(minutes), at(minutes), target_terms)


def simulate_clock(
    metric: Metric, target_terms: Terms, *events: tuple[float, InputKind], until: float = 600
) -> Simulation:
    inputs = [
        make_input(0, "opened", target_terms),
        *(make_input(when, kind) for when, kind in events),
    ]
    return simulate(metric, inputs, at(until), TABLES)


def firing_times(simulated: Simulation) -> list[tuple[str, datetime]]:
    return [(firing.kind, firing.due_at) for firing in simulated.firings]
