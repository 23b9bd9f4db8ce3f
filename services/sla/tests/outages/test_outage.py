"""An outage as a fold over its records; which signals count; what maintenance excuses. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.outages.domain.maintenance import Plan, PlannedMaintenance, agree, cancel
from sla.outages.domain.outage import (
    Outage,
    Record,
    Wish,
    corrected,
    ended,
    known,
    record_of,
    superseded,
    whole,
)
from sla.outages.domain.rules import USUAL, Rule, Signal, effect_of
from sla.outages.domain.scope import Place, Question

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACME = UUID(int=0xAC)
BILLING = Place(ACME, "acme-prod", "billing", "production", "acme")
OPEN = Outage(UUID(int=1), "OUT-1", BILLING, "manual", None, None, "down", NOON, None)

instants = st.integers(-500, 500).map(lambda minutes: NOON + minutes * MINUTE)
wishes = st.builds(
    Wish,
    started_at=st.none() | instants,
    ended_at=st.none() | instants,
    reopened=st.booleans(),
    effect=st.none() | st.sampled_from(("down", "degraded")),
    counts=st.none() | st.booleans(),
)


@given(st.lists(wishes | instants | st.just("superseded"), max_size=12))
def test_every_earlier_state_can_be_known_again(acts: list[Wish | datetime | str]) -> None:
    """A5, R16: whatever is said in whatever order; and it never ends before it starts"""
    outage, records = OPEN, [record_of(OPEN, "started", NOON, "anna")]
    stood = [OPEN]
    for number, act in enumerate(acts, start=1):
        after = _acted(outage, act)
        if after is None:
            continue
        outage = after
        at = NOON + number * MINUTE
        records.append(record_of(outage, "corrected", at, "anna", "omar", "why"))
        stood.append(outage)
        assert outage.ended_at is None or outage.started_at <= outage.ended_at
    assert [record.ordinal for record in records] == list(range(1, len(records) + 1))
    for record, state in zip(records, stood, strict=True):
        assert known(outage, _shuffled(records), record.known_at) == state
    assert known(outage, records, NOON - MINUTE) is None


def _acted(outage: Outage, act: Wish | datetime | str) -> Outage | None:
    if isinstance(act, datetime):
        return ended(outage, act)
    if isinstance(act, str):
        return superseded(outage)
    try:
        return corrected(outage, act)
    except ValueError:
        return None


def _shuffled(records: list[Record]) -> list[Record]:
    return records[::2] + records[1::2]


def test_an_end_comes_once_and_a_corrected_one_stands() -> None:
    over = ended(OPEN, NOON + MINUTE)
    assert over is not None
    assert ended(over, NOON + 2 * MINUTE) is None
    fixed = corrected(OPEN, Wish(ended_at=NOON + 5 * MINUTE))
    assert ended(fixed, NOON + 9 * MINUTE) is None
    assert ended(superseded(OPEN), NOON + MINUTE) is None
    early = ended(OPEN, NOON - MINUTE)
    assert early is not None
    assert early.ended_at == NOON
    assert whole(NOON + timedelta(microseconds=1)) == NOON


@pytest.mark.parametrize(
    "wish", [Wish(), Wish(ended_at=NOON - MINUTE), Wish(effect="down"), Wish(reopened=True)]
)
def test_a_correction_that_changes_nothing_or_cannot_be_is_refused(wish: Wish) -> None:
    with pytest.raises(ValueError, match="it"):
        corrected(OPEN, wish)


def test_the_first_rule_that_holds_decides() -> None:
    signal = Signal("monitoring", "critical", "monitor", "acme-prod", "production", "billing", "x")
    assert effect_of(USUAL, signal) == "down"
    assert effect_of(USUAL, replace(signal, level="warning")) is None
    assert effect_of(USUAL, replace(signal, source="ticket")) is None
    quiet = Rule(None, monitors=("monitor",), tiers=("production",))
    assert effect_of((quiet, *USUAL), signal) is None
    assert effect_of((quiet, *USUAL), replace(signal, tier="staging")) == "down"
    assert effect_of((), signal) is None


def test_a_question_concerns_what_no_name_contradicts() -> None:
    everywhere = Place(None, None, "billing")
    for question, place, concerned in (
        (Question(ACME, "acme-prod", "billing"), BILLING, True),
        (Question(ACME, "acme-prod", "billing"), everywhere, True),
        (Question(ACME, "acme-prod", "portal"), replace(BILLING, service=None), True),
        (Question(ACME, "acme-prod", "portal"), BILLING, False),
        (Question(UUID(int=0xB0)), BILLING, False),
        (Question(ACME), replace(BILLING, tier="staging"), False),
        (Question(ACME, "acme-prod"), replace(BILLING, tier="staging"), True),
        (Question(), BILLING, True),
    ):
        assert question.concerns(place) is concerned, (question, place)


PLANNED = PlannedMaintenance(
    UUID(int=2), "MW-1", BILLING, "Disks", NOON, NOON + 9 * MINUTE, "anna", NOON - 99 * MINUTE
)


def test_only_what_was_agreed_beforehand_excuses() -> None:
    """C12, R15"""
    assert PLANNED.window() is None
    assert agree(PLANNED, "anna", NOON - MINUTE) == "SELF_APPROVAL"
    assert agree(PLANNED, "omar", NOON) == "TOO_LATE"
    agreed = agree(PLANNED, "omar", NOON - MINUTE)
    assert isinstance(agreed, PlannedMaintenance)
    assert agree(agreed, "omar", NOON - MINUTE) == "ALREADY_AGREED"
    (window,) = Plan([agreed]).excusing(BILLING)
    assert (window.start, window.end) == (NOON, NOON + 9 * MINUTE)
    assert list(Plan([agreed]).excusing(replace(BILLING, service=None))) == []
    assert list(Plan([agreed]).excusing(replace(BILLING, service="portal"))) == []


def test_what_is_called_off_excuses_until_then() -> None:
    agreed = agree(PLANNED, "omar", NOON - MINUTE)
    assert isinstance(agreed, PlannedMaintenance)
    before, during = (cancel(agreed, "anna", NOON + minutes * MINUTE) for minutes in (-1, 3))
    assert isinstance(before, PlannedMaintenance)
    assert isinstance(during, PlannedMaintenance)
    assert before.window() is None
    window = during.window()
    assert window is not None
    assert window.end == NOON + 3 * MINUTE
    assert cancel(during, "anna", NOON + 4 * MINUTE) == "CANCELLED"
    assert cancel(agreed, "anna", NOON + 9 * MINUTE) == "CANCELLED"
    assert agree(before, "omar", NOON - MINUTE) == "CANCELLED"
