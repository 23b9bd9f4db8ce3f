"""A clock that starts later than its ticket, with reclassifications: fold and replay (C6, C9)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric, Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.backfill import new_late_clock
from sla.clocks.domain.clock import BREACH, Clock, Input, InputKind
from sla.clocks.domain.codec import dump_body, dump_clock, load_clock, load_input
from sla.clocks.domain.fold import fold, start, step
from sla.clocks.domain.schedule import fire_missed, firing_input, next_firing
from sla.clocks.domain.ticket_clock import ContractTicket, Ticket

SHORT, LONG = UUID(int=1), UUID(int=2)
ZONE = read_zone("Europe/Amsterdam")
TABLES = {
    SHORT: Timetable(Calendar(ZONE, (parse_hours([("22:00", "23:00"), ("23:30", "03:30")]),) * 7)),
    LONG: Timetable(Calendar(ZONE, (parse_hours([("00:00", "24:00")]),) * 7)),
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
def ticket_histories(draw: st.DrawFn) -> list[Input]:
    """What a ticket's clock hears over a day, corrections among it, in order."""
    inputs = [Input(1, "opened", OPENED, OPENED, draw(TERMS))]
    steps = draw(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(KINDS)), max_size=9))
    for ordinal, (minutes, kind) in enumerate(steps, start=2):
        at = inputs[-1].at + minutes * MINUTE
        terms = draw(TERMS) if kind == "reclassified" else None
        reason = "kind incident to question" if terms else None
        inputs.append(Input(ordinal, kind, at, at, terms, reason=reason))
    return inputs


def replay_with_delays(
    metric: Metric, inputs: list[Input], delays: list[int]
) -> tuple[Clock, list[Input]]:
    """As the service does it: timers fire when due, and events are heard some minutes late."""
    recorded, clock, known_at = [inputs[0]], start(metric, inputs[0], TABLES), OPENED
    for input, delay in zip(inputs[1:], delays, strict=False):
        known_at = max(input.at + delay * MINUTE, known_at)
        clock = fire_until(clock, recorded, known_at)
        clock, missed = fire_missed(clock, input.at, TABLES)
        recorded += [
            firing_input(one, known_at, len(recorded) + n) for n, one in enumerate(missed, start=1)
        ]
        recorded.append(replace(input, ordinal=len(recorded) + 1, known_at=known_at))
        clock = step(clock, recorded[-1], TABLES)
    return fire_until(clock, recorded, known_at + 10_000 * MINUTE), recorded


def fire_until(clock: Clock, recorded: list[Input], now: datetime) -> Clock:
    while (firing := next_firing(clock, TABLES)) and firing.due_at <= now:
        recorded.append(firing_input(firing, now, len(recorded) + 1))
        clock = step(clock, recorded[-1], TABLES)
    return clock


DELAYS = st.lists(st.integers(0, 300), min_size=9, max_size=9)


def round_trip(input: Input) -> Input:
    return load_input(input.ordinal, input.kind, input.at, input.known_at, dump_body(input))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), ticket_histories(), DELAYS)
def test_replaying_a_life_with_corrections_gives_the_same_clock(
    metric: Metric, inputs: list[Input], delays: list[int]
) -> None:
    """C9: state, deadline and firings, byte for byte"""
    clock, recorded = replay_with_delays(metric, inputs, delays)
    replayed = fold(metric, [round_trip(clock_input) for clock_input in recorded], TABLES)
    assert dump_clock(replayed) == dump_clock(clock)
    assert load_clock(dump_clock(clock)) == clock


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), ticket_histories(), DELAYS)
def test_a_correction_leaves_nothing_late_unsaid(
    metric: Metric, inputs: list[Input], delays: list[int]
) -> None:
    """C5, C6, R1: whatever runs or has stopped, and what it was called in between"""
    clock, _ = replay_with_delays(metric, inputs, delays)
    assert next_firing(clock, TABLES) is None
    target = clock.terms.target
    if clock.state == "paused" or target is None:
        return  # what is paused does so when it runs on
    if clock.moved_by == "reclassified" and clock.counted > target:
        assert BREACH in clock.fired
        assert clock.outcome == "breached"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(METRICS), ticket_histories(), TERMS)
def test_a_late_clock_is_one_that_was_there_and_promised_nothing(
    metric: Metric, inputs: list[Input], terms: Terms
) -> None:
    """C6: and only what changed it is kept as its input"""
    earlier = [one for one in inputs[1:] if one.kind != "reclassified"]
    at = inputs[-1].at + 10 * MINUTE
    terms_input = Input(0, "reclassified", at, at, terms)
    contract_ticket = ContractTicket(TICKET, "sla", 0)
    change, opening = new_late_clock(
        UUID(int=3), contract_ticket, metric, OPENED, earlier, terms_input, TABLES
    )
    first = Input(1, "opened", OPENED, OPENED, replace(terms, target=None))
    assert change.clock == fold(metric, [first, *earlier, terms_input], TABLES)
    recorded = [opening, *(clock_input for clock_input, _ in change.steps)]
    assert [one.ordinal for one in recorded] == list(range(1, len(recorded) + 1))
    assert dump_clock(fold(metric, map(round_trip, recorded), TABLES)) == dump_clock(change.clock)
    firing = next_firing(change.clock, TABLES)
    assert firing is None or firing.due_at >= at
