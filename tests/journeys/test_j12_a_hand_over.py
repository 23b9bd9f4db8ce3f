"""J12 on four service processes: the DM of that customer and the PO of that product know, and say so."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j12_hand_over
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j12_hand_over import Result


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    async with stages.open_context(endpoints, print) as context:
        yield context, await j12_hand_over.play(context)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def test_the_delivery_manager_with_the_deputy_and_the_product_owner_are_informed(
    context: JourneyContext, result: Result
) -> None:
    """R5: by mail and on the topics of both teams"""
    record = result.record
    assert record["delivery_managers"] == ["dana", "dirk"]
    assert record["product_owners"] == ["pavel"]
    mailed = {str(mail["X-Envelope-To"]) for mail in result.first_mails}
    assert {context.address_of(one) for one in ("dana", "dirk", "pavel")} <= mailed
    topics = {one.topic for one in result.topics if one.body["trigger"] == "forwarded"}
    assert topics == {context.topic(f"opsdesk.escalations.{team}") for team in ("dm", "po")}


def test_a_deputy_acknowledges_for_the_delivery_manager_and_for_nobody_else(
    result: Result,
) -> None:
    """R5"""
    by_deputy, by_owner = result.acknowledged
    assert (by_deputy["dm_acknowledged_by"], by_deputy["po_acknowledged_by"]) == ("dirk", None)
    assert by_owner["po_acknowledged_by"] == "pavel"
    assert result.not_responsible.status == 403


def test_an_hour_of_silence_is_a_case_until_the_last_one_acknowledges(result: Result) -> None:
    """R3, R5"""
    assert [one["state"] for one in result.overdue] == ["open"]
    assert [one["state"] for one in result.overdue_after] == ["resolved"]


def test_the_way_back_leads_to_first_level(result: Result) -> None:
    assert (result.handed_back["state"], result.handed_back["forwarded_to"]) == (
        "in_progress",
        None,
    )
