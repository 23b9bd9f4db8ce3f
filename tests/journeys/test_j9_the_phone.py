"""J9 on four service processes: who calls is known, and what was said counts from the call."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j9_phone
from opsdesk.journeys.j9_phone import Result
from opsdesk.journeys.steps import parse_instant


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j9_phone.play(context)


def test_a_caller_is_known_by_the_number_in_any_notation(result: Result) -> None:
    """Without a customer number: dialled at home, and from abroad"""
    (caller,) = result.callers["items"]
    assert (result.callers["number"], caller["name"]) == ("+31205550123", "Jan Bakker")
    assert result.open_for_caller["is_own"]
    assert result.unknown_caller["items"] == []


def test_the_ticket_is_the_callers(result: Result) -> None:
    """The contact was named by a third notation."""
    ticket, caller = result.ticket, result.callers["items"][0]
    assert (ticket["customer"], ticket["channel"]) == ("acme", "phone")
    assert ticket["contact_id"] == caller["contact_id"]
    assert [one["text"] for one in result.messages] == []


def test_the_clocks_count_from_the_call(result: Result) -> None:
    """C2"""
    assert parse_instant(result.ticket["opened_at"]) == result.called_at
    assert {parse_instant(one["opened_at"]) for one in result.clocks.values()} == {result.called_at}


def test_nobody_phones_in_the_future(result: Result) -> None:
    assert result.future.status == 422
    assert [one["pointer"] for one in result.future.body["errors"]] == ["/opened_at"]
