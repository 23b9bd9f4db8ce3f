"""J11 on four service processes: a whole record, a thread of mails, and a fix that another person checks."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j11_partner
from opsdesk.journeys.j11_partner import PARTNER_NUMBER, RECORD, Result


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j11_partner.play(context)


def test_half_a_record_is_refused_with_what_is_missing(result: Result) -> None:
    """R5"""
    problem = result.denials["incomplete"]
    missing = {one["pointer"] for one in problem.body["errors"]}
    assert (problem.status, missing) == (422, {"/tried", "/excluded", "/asked", "/due_at"})


def test_the_partner_gets_the_record_by_mail_and_our_next_one_below_their_answer(
    result: Result,
) -> None:
    first, second = result.mails
    for name in ("seen", "tried", "excluded", "asked"):
        assert RECORD[name] in first.get_content()
    assert first["In-Reply-To"] is None
    assert second["In-Reply-To"] not in (None, first["Message-ID"])
    assert first["Message-ID"] in str(second["References"]).split()


def test_their_answers_thread_with_their_number_and_for_staff_alone(result: Result) -> None:
    """I1"""
    assert {one["outcome"] for one in result.answers} == {"joined"}
    assert {one["ticket"]["key"] for one in result.answers} == {result.ticket}
    assert result.hand_over["partner_reference"] == PARTNER_NUMBER
    theirs = [one for one in result.messages if one["author"] == "partner/hosthaven"]
    assert [one["visibility"] for one in theirs] == ["internal"] * 3
    assert not any("array" in one["text"] or "storage" in one["text"] for one in result.read_by_jan)


def test_what_the_partner_promised_is_measured(result: Result) -> None:
    """R13: by its own clock, beside the customer's"""
    assert (result.forwarded["state"], result.forwarded["partner"]) == ("forwarded", "hosthaven")
    (clock,) = [one for one in result.partner_clocks if one["target_seconds"]]
    assert (clock["partner"], clock["metric"], clock["target_seconds"]) == (
        "hosthaven",
        "resolution",
        21_600,
    )


def test_another_person_checks_the_fix_before_it_counts(result: Result) -> None:
    """R1"""
    unchecked, alone = result.denials["unchecked"], result.denials["alone"]
    assert (unchecked.body["code"], alone.body["code"]) == ("FIX_NOT_CHECKED", "FOUR_EYES")
    record = result.hand_over
    assert (record["returned_by"], record["fix_checked_by"]) == ("anna", "omar")
    assert (record["fix_works"], result.state) == (True, "verified")


def test_what_they_write_when_all_is_over_reaches_a_person(result: Result) -> None:
    """R5, E20: told and not paged, and the ticket stays as it is"""
    assert result.late["state"] == "open"
    assert result.late["title"] == f"{result.ticket}: partner hosthaven wrote after it was verified"
    informed = [one for one in result.late["timeline"] if one["kind"] == "informed"]
    assert [one["detail"]["people"] for one in informed] == [["anna"]]
