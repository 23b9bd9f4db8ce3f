"""J15 on four service processes: a month that is rich enough to look at, and its papers."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j15_month
from opsdesk.journeys.j15_month import Result


@pytest.fixture(scope="module")
async def result(endpoints_without_a_past: Endpoints) -> AsyncIterator[Result]:
    """By itself: forty tickets more would change what J5's forecast says of the past.

    This file comes first in its folder, so that its installation is gone before the others start.
    """
    async with stages.open_context(endpoints_without_a_past, print) as context:
        yield await j15_month.play(context)


def test_forty_tickets_of_two_customers_came_and_went(result: Result) -> None:
    assert len(result.tickets) == 40
    for review in result.reviews.values():
        usage = review["report"]["usage"]
        assert (usage["opened"], usage["resolved"]) == (20, 20)


def test_waivers_of_every_kind_were_asked_for(result: Result) -> None:
    """R2, C11: the customer reads of the one alone that covers a breach"""
    states = sorted((one["state"], one["late"]) for one in result.waivers.values())
    assert states == [
        ("approved", False),
        ("approved", True),
        ("refused", False),
        ("withdrawn", False),
    ]
    acme = result.reviews["acme"]["report"]
    assert len(acme["waivers"]) == 1
    assert len(acme["requests"]) == 2
    assert len(result.shown["acme"]["report"]["waivers"]) == 1
    assert "requests" not in result.shown["acme"]["report"]
    assert result.reviews["brightwater"]["report"]["waivers"] == []


def test_one_customer_is_owed_credits_and_the_other_one_none(result: Result) -> None:
    acme, brightwater = (result.reviews[one]["report"] for one in ("acme", "brightwater"))
    states = {one["metric"]: one["state"] for one in acme["goals"]}
    assert states == {"first_response": "met", "resolution": "missed", "availability": "missed"}
    assert [float(one["amount"]) > 0 for one in acme["credits"]] == [True]
    assert {one["state"] for one in brightwater["goals"]} == {"met"}


def test_an_outage_was_corrected_and_agreed_maintenance_does_not_count(result: Result) -> None:
    """C12, R15, R16"""
    (outage,) = result.reviews["acme"]["report"]["outages"]
    assert outage["seconds"] == 70 * 60
    uptimes = {one["subject"]: one for one in result.reviews["brightwater"]["report"]["uptimes"]}
    assert uptimes["billing"]["down_seconds"] == 0


def test_the_partners_contract_is_for_staff(result: Result) -> None:
    """R13"""
    (partner,) = result.reviews["acme"]["report"]["suppliers"]
    assert partner["agreement"] == "hosthaven-hosting"
    assert (partner["compliance"]["met"], partner["compliance"]["breached"]) == (1, 1)
    assert "hosthaven-hosting" not in result.pages["acme"]


def test_what_a_person_wrote_stands_at_the_head_and_names_our_house(result: Result) -> None:
    shown = result.shown["acme"]
    assert shown["report"]["assessment"][0].startswith("Een wisselende maand")
    assert shown["provider"] == "Meridian Software"
    assert result.shown["brightwater"]["report"]["assessment"][0].startswith("Wir haben ")
    for name, language in (("acme", "nl"), ("brightwater", "de")):
        assert f'<html lang="{language}">' in result.pages[name]
        assert "Meridian Software" in result.pages[name]
