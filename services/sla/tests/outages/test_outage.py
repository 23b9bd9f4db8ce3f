"""An outage as a fold over its records; rules for signals; exclusion by maintenance. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.outages.domain.maintenance import (
    ALREADY_AGREED,
    CANCELLED,
    SELF_APPROVAL,
    TOO_LATE,
    MaintenancePlan,
    PlannedMaintenance,
    agree,
    cancel,
)
from sla.outages.domain.outage import (
    Outage,
    OutageChange,
    Record,
    apply_change,
    as_known,
    build_record,
    mark_ended,
    mark_superseded,
    truncate_to_second,
)
from sla.outages.domain.rules import DEFAULT_RULES, Rule, Signal, effect_of
from sla.outages.domain.scope import AvailabilityQuery, Scope

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ACME = UUID(int=0xAC)
BILLING = Scope(ACME, "acme-prod", "billing", "production", "acme")
OPEN = Outage(UUID(int=1), "OUT-1", BILLING, "manual", None, None, "down", NOON, None)

instants = st.integers(-500, 500).map(lambda minutes: NOON + minutes * MINUTE)
changes = st.builds(
    OutageChange,
    started_at=st.none() | instants,
    ended_at=st.none() | instants,
    reopened=st.booleans(),
    effect=st.none() | st.sampled_from(("down", "degraded")),
    counts=st.none() | st.booleans(),
)


@given(st.lists(changes | instants | st.just("superseded"), max_size=12))
def test_every_earlier_state_can_be_known_again(acts: list[OutageChange | datetime | str]) -> None:
    """A5, R16: whatever is said in whatever order; and it never ends before it starts"""
    outage, records = OPEN, [build_record(OPEN, "started", NOON, "anna")]
    states = [OPEN]
    for number, act in enumerate(acts, start=1):
        after = _apply(outage, act)
        if after is None:
            continue
        outage = after
        at = NOON + number * MINUTE
        records.append(build_record(outage, "corrected", at, "anna", "omar", "why"))
        states.append(outage)
        assert outage.ended_at is None or outage.started_at <= outage.ended_at
    assert [record.ordinal for record in records] == list(range(1, len(records) + 1))
    for record, state in zip(records, states, strict=True):
        assert as_known(outage, _shuffle(records), record.known_at) == state
    assert as_known(outage, records, NOON - MINUTE) is None


def _apply(outage: Outage, act: OutageChange | datetime | str) -> Outage | None:
    if isinstance(act, datetime):
        return mark_ended(outage, act)
    if isinstance(act, str):
        return mark_superseded(outage, "OUT-2")
    try:
        return apply_change(outage, act)
    except ValueError:
        return None


def _shuffle(records: list[Record]) -> list[Record]:
    return records[::2] + records[1::2]


def test_an_end_comes_once_and_a_corrected_one_stands() -> None:
    over = mark_ended(OPEN, NOON + MINUTE)
    assert over is not None
    assert mark_ended(over, NOON + 2 * MINUTE) is None
    fixed = apply_change(OPEN, OutageChange(ended_at=NOON + 5 * MINUTE))
    assert mark_ended(fixed, NOON + 9 * MINUTE) is None
    assert mark_ended(mark_superseded(OPEN, "OUT-2"), NOON + MINUTE) is None
    early = mark_ended(OPEN, NOON - MINUTE)
    assert early is not None
    assert early.ended_at == NOON
    assert truncate_to_second(NOON + timedelta(microseconds=1)) == NOON


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (OutageChange(), "changes nothing"),
        (OutageChange(ended_at=NOON - MINUTE), "end before it starts"),
        (OutageChange(effect="down"), "changes nothing"),
        (OutageChange(reopened=True), "changes nothing"),
    ],
)
def test_a_correction_that_changes_nothing_or_cannot_be_is_refused(
    change: OutageChange, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        apply_change(OPEN, change)


def test_the_first_rule_that_holds_decides() -> None:
    signal = Signal("monitoring", "critical", "monitor", "acme-prod", "production", "billing", "x")
    assert effect_of(DEFAULT_RULES, signal) == "down"
    assert effect_of(DEFAULT_RULES, replace(signal, level="warning")) is None
    assert effect_of(DEFAULT_RULES, replace(signal, source="ticket")) is None
    quiet = Rule(None, monitors=("monitor",), tiers=("production",))
    assert effect_of((quiet, *DEFAULT_RULES), signal) is None
    assert effect_of((quiet, *DEFAULT_RULES), replace(signal, tier="staging")) == "down"
    assert effect_of((), signal) is None


def test_a_question_concerns_what_no_name_contradicts() -> None:
    everywhere = Scope(None, None, "billing")
    for query, scope, concerned in (
        (AvailabilityQuery(ACME, "acme-prod", "billing"), BILLING, True),
        (AvailabilityQuery(ACME, "acme-prod", "billing"), everywhere, True),
        (AvailabilityQuery(ACME, "acme-prod", "portal"), replace(BILLING, service=None), True),
        (AvailabilityQuery(ACME, "acme-prod", "portal"), BILLING, False),
        (AvailabilityQuery(UUID(int=0xB0)), BILLING, False),
        (AvailabilityQuery(ACME), replace(BILLING, tier="staging"), False),
        (AvailabilityQuery(ACME, "acme-prod"), replace(BILLING, tier="staging"), True),
        (AvailabilityQuery(), BILLING, True),
    ):
        assert query.includes(scope) is concerned, (query, scope)


PLANNED = PlannedMaintenance(
    UUID(int=2), "MW-1", BILLING, "Disks", NOON, NOON + 9 * MINUTE, "anna", NOON - 99 * MINUTE
)


def test_only_what_was_agreed_beforehand_excuses() -> None:
    """C12, R15"""
    assert PLANNED.window() is None
    assert (
        agree(PLANNED, PLANNED.starts_at, PLANNED.ends_at, "anna", NOON - MINUTE) == SELF_APPROVAL
    )
    assert agree(PLANNED, PLANNED.starts_at, PLANNED.ends_at, "omar", NOON) == TOO_LATE
    agreed = agree(PLANNED, PLANNED.starts_at, PLANNED.ends_at, "omar", NOON - MINUTE)
    assert isinstance(agreed, PlannedMaintenance)
    assert agree(agreed, agreed.starts_at, agreed.ends_at, "omar", NOON - MINUTE) == ALREADY_AGREED
    (window,) = MaintenancePlan([agreed]).windows_covering(BILLING)
    assert (window.start, window.end) == (NOON, NOON + 9 * MINUTE)
    assert list(MaintenancePlan([agreed]).windows_covering(replace(BILLING, service=None))) == []
    assert (
        list(MaintenancePlan([agreed]).windows_covering(replace(BILLING, service="portal"))) == []
    )


def test_what_is_called_off_excuses_until_then() -> None:
    agreed = agree(PLANNED, PLANNED.starts_at, PLANNED.ends_at, "omar", NOON - MINUTE)
    assert isinstance(agreed, PlannedMaintenance)
    before, during = (cancel(agreed, "anna", NOON + minutes * MINUTE) for minutes in (-1, 3))
    assert isinstance(before, PlannedMaintenance)
    assert isinstance(during, PlannedMaintenance)
    assert before.window() is None
    window = during.window()
    assert window is not None
    assert window.end == NOON + 3 * MINUTE
    assert cancel(during, "anna", NOON + 4 * MINUTE) == CANCELLED
    assert cancel(agreed, "anna", NOON + 9 * MINUTE) == CANCELLED
    assert agree(before, before.starts_at, before.ends_at, "omar", NOON - MINUTE) == CANCELLED


def test_a_superseded_outage_names_its_successor_until_a_correction_counts_it_again() -> None:
    superseded = mark_superseded(OPEN, "OUT-2")
    moved = apply_change(superseded, OutageChange(ended_at=NOON + MINUTE))
    assert (moved.counts, moved.superseded_by) == (False, "OUT-2")
    counted = apply_change(superseded, OutageChange(counts=True))
    assert (counted.counts, counted.superseded_by) == (True, None)


def test_before_it_was_superseded_an_outage_was_known_without_a_successor() -> None:
    superseded = mark_superseded(OPEN, "OUT-2")
    records = [
        build_record(OPEN, "started", NOON, "opsdesk"),
        build_record(superseded, "superseded", NOON + MINUTE, "grafana"),
    ]
    first = as_known(superseded, records, NOON)
    assert first is not None
    assert (first.counts, first.superseded_by) == (True, None)
    assert as_known(superseded, records, NOON + MINUTE) == superseded
