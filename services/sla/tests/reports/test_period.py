"""Steps cover a period, and whole months are taken together."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sla.reports.domain.report_period import ONE_DAY, Period, Step, step_start
from sla.reports.domain.volume import AgeClass, Backlog, age_classes

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1))
STEPS: tuple[Step, ...] = ("day", "week", "month")


@given(DAYS, st.integers(min_value=1, max_value=500), st.sampled_from(STEPS))
def test_steps_and_pieces_cover_every_day_once(since: date, length: int, step: Step) -> None:
    period = Period(since, since + length * ONE_DAY)
    steps = [(one.since, one.until) for one in period.steps(step)]
    for parts in (steps, *([p[1:] for p in period.pieces(by)] for by in (step, None))):
        assert (parts[0][0], parts[-1][1]) == (period.since, period.until)
        assert all(until == since for (_, until), (since, _) in pairwise(parts))
    for one in period.steps(step)[1:]:
        assert one.since == step_start(one.since, step)
    months = [piece for piece in period.pieces() if piece.span == "month"]
    assert all(piece.since.day == piece.until.day == 1 for piece in months)


def test_weeks_begin_on_monday() -> None:
    steps = Period(date(2026, 6, 3), date(2026, 6, 16)).steps("week")
    assert [step.since.isoformat() for step in steps] == ["2026-06-03", "2026-06-08", "2026-06-15"]


def test_as_many_days_before() -> None:
    assert Period(date(2026, 6, 8), date(2026, 6, 15)).previous() == Period(
        date(2026, 6, 1), date(2026, 6, 8)
    )


def test_ages_are_counted_in_classes() -> None:
    today = date(2026, 6, 30)
    classes = age_classes(
        [(today, 2), (today - timedelta(days=6), 1), (today - timedelta(days=400), 5)], today
    )
    assert [one.tickets for one in classes] == [2, 0, 1, 0, 0, 0, 5]
    assert classes[-1] == AgeClass(90, None, 5)


def test_the_mean_age_of_nothing_is_none() -> None:
    assert Backlog().mean_age(date(2026, 6, 1)) is None
