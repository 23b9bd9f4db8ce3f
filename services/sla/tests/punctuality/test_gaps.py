"""When no timekeeper was alive, against a look at every second (R16)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.punctuality.domain.timer_gaps import BEAT_TIMEOUT, MAX_LOOP_GAP, Beat, Gap, find_gaps

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
QUICK = timedelta(milliseconds=250)
END = NOON + 20 * MINUTE


def regular_beats(start: float, end: float, longest: timedelta = QUICK) -> list[Beat]:
    """A replica that lives from minute `start` to `end` and beats each minute."""
    times = [NOON + (start + minute) * MINUTE for minute in range(int(end - start) + 1)]
    before = [None, *times[:-1]]
    return [Beat(at, since, longest) for at, since in zip(times, before, strict=True)]


def test_a_replica_that_beats_leaves_no_gap() -> None:
    assert find_gaps(regular_beats(0, 20), NOON, END) == []


def test_from_the_last_beat_to_the_first_of_the_next_run_is_a_gap() -> None:
    found = find_gaps([*regular_beats(0, 5), *regular_beats(9.5, 19.5)], NOON, END)
    assert found == [Gap(NOON + 5 * MINUTE, NOON + 9.5 * MINUTE)]


def test_another_replica_that_lives_on_closes_it() -> None:
    both = [*regular_beats(0, 5), *regular_beats(9.5, 19.5), *regular_beats(3, 12)]
    assert find_gaps(both, NOON, END) == []


def test_a_loop_that_stood_still_was_not_alive() -> None:
    """The process lived on, and beat when it could: its longest pause tells."""
    hung = Beat(NOON + 12 * MINUTE, NOON + 5 * MINUTE, 7 * MINUTE)
    after = [Beat(b.at, b.since, b.longest_gap) for b in regular_beats(12, 20) if b.since]
    found = find_gaps([*regular_beats(0, 5), hung, *after], NOON, END)
    assert found == [Gap(NOON + 5 * MINUTE, NOON + 12 * MINUTE)]


def test_a_silence_that_lasts_is_an_open_gap_once_the_next_beat_is_overdue() -> None:
    start = NOON + 5 * MINUTE
    assert find_gaps(regular_beats(0, 5), NOON, start + BEAT_TIMEOUT) == []
    end = start + BEAT_TIMEOUT + SECOND
    assert find_gaps(regular_beats(0, 5), NOON, end) == [Gap(start, end, open=True)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 300),
            st.integers(0, 120),
            st.sampled_from([QUICK, MAX_LOOP_GAP, MAX_LOOP_GAP + SECOND]),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_every_second_is_alive_or_in_one_gap(
    lives: list[tuple[int, int, timedelta, bool]],
) -> None:
    beats = [
        Beat(NOON + (start + length) * SECOND, None if first else NOON + start * SECOND, longest)
        for start, length, longest, first in lives
    ]
    end = NOON + 300 * SECOND
    found = find_gaps(beats, NOON, end)
    last = max((beat.at for beat in beats), default=NOON)
    for second in range(300):
        at = NOON + second * SECOND + SECOND / 2
        alive = any(
            beat.since is not None
            and beat.longest_gap <= MAX_LOOP_GAP
            and beat.since < at < beat.at
            for beat in beats
        )
        tail = at > last and end - last <= BEAT_TIMEOUT
        holds = [gap for gap in found if gap.start < at < gap.end]
        assert len(holds) == (0 if alive or tail else 1)
    assert found == sorted(found, key=lambda gap: gap.start)
