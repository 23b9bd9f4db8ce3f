"""J13 on four service processes: merged and separated, without losing a message or a promise (C10)."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j13_merge
from opsdesk.journeys.j13_merge import APART, Result
from opsdesk.journeys.steps import parse_instant

EARLY, LATE = "The scale shows nothing since today.", "The scale shows too much since today."
MEANWHILE = "Still nothing at all."


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j13_merge.play(context)


def test_while_merged_the_earlier_opening_counts_and_the_other_clocks_are_off(
    result: Result,
) -> None:
    """C10: no promise is later than it was"""
    before, merged = result.before, result.merged
    for metric in ("first_response", "resolution"):
        assert merged.late[metric]["opened_at"] == before.early[metric]["opened_at"]
        assert merged.late[metric]["deadline"] == before.early[metric]["deadline"]
        assert merged.late[metric]["deadline"] < before.late[metric]["deadline"]
        assert merged.early[metric]["state"] == "cancelled"


def test_apart_again_each_promise_is_as_it_was(result: Result) -> None:
    """C10: as if it had never been"""
    before, separated = result.before, result.separated
    for metric in ("first_response", "resolution"):
        for was, now in (
            (before.early[metric], separated.early[metric]),
            (before.late[metric], separated.late[metric]),
        ):
            assert (now["state"], now["deadline"]) == (was["state"], was["deadline"])
            assert now["opened_at"] == was["opened_at"]
    opened = [
        parse_instant(clocks["resolution"]["opened_at"])
        for clocks in (separated.early, separated.late)
    ]
    assert opened[1] - opened[0] == APART


def test_it_takes_two_people(result: Result) -> None:
    """R1"""
    assert (result.alone.status, result.alone.body["code"]) == (403, "FOUR_EYES")
    (event,) = result.unmerged
    assert (event.body["requested_by"], event.body["confirmed_by"]) == ("anna", "omar")
    assert result.early_state == "reopened"


def test_no_word_is_lost(result: Result) -> None:
    """What came meanwhile in the old thread reached the other ticket, and is on both."""
    assert (result.while_merged["outcome"], result.while_merged["ticket"]["key"]) == (
        "joined",
        result.late,
    )
    assert sorted(result.early_texts) == sorted([EARLY, MEANWHILE])
    assert sorted(result.late_texts) == sorted([LATE, MEANWHILE])
    assert result.late_read_by_jan == result.late_texts
