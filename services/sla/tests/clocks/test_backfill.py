"""A clock that starts later than its ticket, and corrections in between: fold and replay (C6, C9)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric, Terms
from sla.calendars.domain.calendar import Calendar, hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.backfill import begun_late
from sla.clocks.domain.clock import BREACH, Clock, Input, InputKind
from sla.clocks.domain.codec import read, read_input, written, written_body
from sla.clocks.domain.fold import fold, start, step
from sla.clocks.domain.schedule import caught_up, fired, next_firing
from sla.clocks.domain.ticket_clock import Handed, Ticket

SHORT, LONG = UUID(int=1), UUID(int=2)
ZONE = read_zone("Europe/Amsterdam")
TABLES = {
    SHORT: Timetable(Calendar(ZONE, (hours([("22:00", "23:00"), ("23:30", "03:30")]),) * 7)),
    LONG: Timetable(Calendar(ZONE, (hours([("00:00", "24:00")]),) * 7)),
}
MINUTE = timedelta(minutes=1)
OPENED = datetime(2026, 10, 24, 19, 30, tzinfo=UTC)  # the night in which an hour repeats
METRICS: tuple[Metric, ...] = (
    "first_response",
    "next_reply",
    "update",
    "workaround",
    "resolution",
)
KINDS: list[InputKind] = [
    "on_hold",
    "resumed",
    "customer_replied",
    "replied",
    "workaround_provided",
    "resolved",
    "reopened",
    "reclassified",
]
TICKET = Ticket(
    UUID(int=9), "OPS-9", "Slow", "incident", "major", None, None, None, None, OPENED, None, None
)
TERMS = st.builds(
    Terms,
    st.one_of(st.none(), st.integers(1, 500).map(lambda minutes: minutes * MINUTE)),
    st.sampled_from((SHORT, LONG)),
    st.booleans(),
)


@st.composite
def lives(draw: st.DrawFn) -> list[Input]:
    """What a ticket's clock hears over a day, corrections among it, in order."""
    inputs = [Input(1, "opened", OPENED, OPENED, draw(TERMS))]
    steps = draw(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(KINDS)), max_size=9))
    for ordinal, (minutes, kind) in enumerate(steps, start=2):
        at = inputs[-1].at + minutes * MINUTE
        terms = draw(TERMS) if kind == "reclassified" else None
        reason = "kind incident to question" if terms else None
        inputs.append(Input(ordinal, kind, at, at, terms, reason=reason))
    return inputs


def live(metric: Metric, inputs: list[Input], delays: list[int]) -> tuple[Clock, list[Input]]:
    """As the service does it: timers fire when due, and events are heard some minutes late."""
    kept, clock, known = [inputs[0]], start(metric, inputs[0], TABLES), OPENED
    for heard, delay in zip(inputs[1:], delays, strict=False):
        known = max(heard.at + delay * MINUTE, known)
        clock = timers(clock, kept, known)
        clock, missed = caught_up(clock, heard.at, TABLES)
        kept += [fired(one, known, len(kept) + n) for n, one in enumerate(missed, start=1)]
        kept.append(replace(heard, ordinal=len(kept) + 1, known_at=known))
        clock = step(clock, kept[-1], TABLES)
    return timers(clock, kept, known + 10_000 * MINUTE), kept


def timers(clock: Clock, kept: list[Input], now: datetime) -> Clock:
    while (firing := next_firing(clock, TABLES)) and firing.due_at <= now:
        kept.append(fired(firing, now, len(kept) + 1))
        clock = step(clock, kept[-1], TABLES)
    return clock


DELAYS = st.lists(st.integers(0, 300), min_size=9, max_size=9)


def reread(heard: Input) -> Input:
    return read_input(heard.ordinal, heard.kind, heard.at, heard.known_at, written_body(heard))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), lives(), DELAYS)
def test_replaying_a_life_with_corrections_gives_the_same_clock(
    metric: Metric, inputs: list[Input], delays: list[int]
) -> None:
    """C9: state, deadline and firings, byte for byte"""
    clock, kept = live(metric, inputs, delays)
    again = fold(metric, [reread(heard) for heard in kept], TABLES)
    assert written(again) == written(clock)
    assert read(written(clock)) == clock


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), lives(), DELAYS)
def test_a_correction_leaves_nothing_late_unsaid(
    metric: Metric, inputs: list[Input], delays: list[int]
) -> None:
    """C5, C6, R1: whatever runs or has stopped, and what it was called in between"""
    clock, _ = live(metric, inputs, delays)
    assert next_firing(clock, TABLES) is None
    target = clock.terms.target
    if clock.state == "paused" or target is None:
        return  # what is paused does so when it runs on
    if clock.moved_by == "reclassified" and clock.counted > target:
        assert BREACH in clock.fired
        assert clock.outcome == "breached"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), lives(), TERMS)
def test_a_late_clock_is_one_that_was_there_and_promised_nothing(
    metric: Metric, inputs: list[Input], terms: Terms
) -> None:
    """C6: and only what changed it is kept as its input"""
    earlier = [one for one in inputs[1:] if one.kind != "reclassified"]
    at = inputs[-1].at + 10 * MINUTE
    said = Input(0, "reclassified", at, at, terms)
    handed = Handed(TICKET, "sla", 0)
    change, opened = begun_late(UUID(int=3), handed, metric, OPENED, earlier, said, TABLES)
    first = Input(1, "opened", OPENED, OPENED, replace(terms, target=None))
    assert change.clock == fold(metric, [first, *earlier, said], TABLES)
    kept = [opened, *(heard for heard, _ in change.heard)]
    assert [one.ordinal for one in kept] == list(range(1, len(kept) + 1))
    assert written(fold(metric, map(reread, kept), TABLES)) == written(change.clock)
    firing = next_firing(change.clock, TABLES)
    assert firing is None or firing.due_at >= at
