"""A clock against the slow truth: minute by minute, did this minute count?"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import Calendar, hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Clock, Input, InputKind
from sla.clocks.domain.codec import read, read_input, written, written_body
from sla.clocks.domain.fold import fold, start, step
from sla.clocks.domain.schedule import caught_up, fired, next_firing
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.snapshot import standing, stretches
from sla_support.oracle import MINUTE, is_open

CALENDAR = UUID(int=1)
SHIFTS = Calendar(
    read_zone("Europe/Amsterdam"), (hours([("22:00", "23:00"), ("23:30", "03:30")]),) * 7
)
TABLES = {CALENDAR: Timetable(SHIFTS)}
OPENED = datetime(2026, 10, 24, 19, 30, tzinfo=UTC)  # the night in which an hour repeats
KINDS: list[InputKind] = [
    "on_hold",
    "resumed",
    "customer_replied",
    "resolved",
    "reopened",
    "closed",
]


def opened(target: int | None, pausable: bool, waiting: bool) -> Input:
    terms = Terms(None if target is None else target * MINUTE, CALENDAR, pausable)
    return Input(1, "opened", OPENED, OPENED, terms, waiting)


@st.composite
def lives(draw: st.DrawFn) -> list[Input]:
    """A ticket's events on whole minutes, in order, over half a day."""
    steps = draw(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(KINDS)), max_size=8))
    target = draw(st.one_of(st.none(), st.integers(1, 500)))
    inputs = [opened(target, draw(st.booleans()), draw(st.booleans()))]
    for ordinal, (minutes, kind) in enumerate(steps, start=2):
        at = inputs[-1].at + minutes * MINUTE
        inputs.append(Input(ordinal, kind, at, at))
    return inputs


def counted_minutes(inputs: list[Input], until: datetime) -> tuple[timedelta, datetime | None]:
    """Counted time of `resolution`, and the instant at which it reached the target."""
    first, terms = inputs[0], inputs[0].terms
    assert terms is not None
    waiting, solved, counted, at = first.waiting, False, timedelta(0), first.at
    reached, heard = None, 1
    while at < until:
        while heard < len(inputs) and inputs[heard].at <= at:
            kind = inputs[heard].kind
            waiting = kind == "on_hold" if kind != "closed" else waiting
            solved = solved if kind not in ("resolved", "reopened") else kind == "resolved"
            heard += 1
        counts = not solved and not (waiting and terms.pausable) and is_open(SHIFTS, at)
        at += MINUTE
        counted += MINUTE if counts else timedelta(0)
        if reached is None and counts and counted == terms.target:
            reached = at
    return counted, reached


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(0, 300))
def test_a_clock_counts_the_minutes_that_count(inputs: list[Input], more: int) -> None:
    """C2-C5"""
    until = inputs[-1].at + more * MINUTE
    counted, reached = counted_minutes(inputs, until)
    clock = simulate("resolution", inputs, until, TABLES).clock
    stands = standing(clock, until, TABLES)
    assert stands.counted == counted
    if reached is not None:
        assert clock.deadline == reached
    if clock.state == "running" and reached is None and clock.deadline is not None:
        assert clock.deadline >= until


@settings(max_examples=60, deadline=None)
@given(lives(), st.integers(0, 300))
def test_the_stretches_add_up_to_the_second(inputs: list[Input], more: int) -> None:
    """C9"""
    until = inputs[-1].at + more * MINUTE
    clock = simulate("resolution", inputs, until, TABLES).clock
    told = stretches(clock, until, TABLES)
    worked = sum((s.worked for s in told if s.why == "running"), timedelta(0))
    assert worked == standing(clock, until, TABLES).counted
    assert sum((s.end - s.start for s in told), timedelta(0)) == until - OPENED


def live(inputs: list[Input], delays: list[int], until: datetime) -> tuple[Clock, list[Input]]:
    """As the service does it: timers fire when due, and events are heard some minutes late."""
    kept, clock, known = [inputs[0]], start("resolution", inputs[0], TABLES), OPENED
    for heard, delay in zip(inputs[1:], delays, strict=False):
        known = max(heard.at + delay * MINUTE, known)
        clock = timers(clock, kept, known)
        clock, missed = caught_up(clock, heard.at, TABLES)
        for firing in missed:
            kept.append(fired(firing, known, len(kept) + 1))
        late = Input(len(kept) + 1, heard.kind, heard.at, known)
        kept.append(late)
        clock = step(clock, late, TABLES)
    return timers(clock, kept, max(until, known)), kept


def timers(clock: Clock, kept: list[Input], now: datetime) -> Clock:
    while (firing := next_firing(clock, TABLES)) and firing.due_at <= now:
        kept.append(fired(firing, now, len(kept) + 1))
        clock = step(clock, kept[-1], TABLES)
    return clock


DELAYS = st.lists(st.integers(0, 400), min_size=8, max_size=8)


@settings(max_examples=150, deadline=None)
@given(lives(), DELAYS)
def test_replaying_what_was_heard_gives_the_same_clock(
    inputs: list[Input], delays: list[int]
) -> None:
    """C9"""
    clock, kept = live(inputs, delays, inputs[-1].at + 600 * MINUTE)
    again = fold("resolution", [reread(heard) for heard in kept], TABLES)
    assert again == clock
    assert written(again) == written(clock)
    assert read(written(clock)) == clock


def reread(heard: Input) -> Input:
    return read_input(heard.ordinal, heard.kind, heard.at, heard.known_at, written_body(heard))


@settings(max_examples=150, deadline=None)
@given(lives(), DELAYS)
def test_hearing_late_changes_no_outcome(inputs: list[Input], delays: list[int]) -> None:
    """architecture, 6: what is known in the end decides, not when it was heard"""
    until = inputs[-1].at + 600 * MINUTE
    clock, _ = live(inputs, delays, until)
    punctual = simulate("resolution", inputs, max(until, inputs[-1].at), TABLES).clock
    assert clock.outcome == punctual.outcome
    assert (clock.counted, clock.deadline) == (punctual.counted, punctual.deadline)


@settings(max_examples=100, deadline=None)
@given(lives())
def test_each_kind_fires_once_per_deadline_generation(inputs: list[Input]) -> None:
    """C7; and never before it is reached"""
    simulated = simulate("resolution", inputs, inputs[-1].at + 600 * MINUTE, TABLES)
    kinds = [firing.kind for firing in simulated.firings]
    assert len(kinds) == len(set(kinds))  # no change of target here: a share is reached once
    assert all(firing.reached_at <= firing.due_at for firing in simulated.firings)
