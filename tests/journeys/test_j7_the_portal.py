"""J7 on four service processes: a form, a file, a conversation with names, a no, a yes, and a late return."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j7_portal
from opsdesk.journeys.j7_portal import FILE, FILE_NAME, FORM, VALUES, Result


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j7_portal.play(context)


def test_a_value_that_the_form_does_not_allow_is_refused_with_its_place(result: Result) -> None:
    assert result.wrong_form.status == 422
    assert [one["pointer"] for one in result.wrong_form.body["errors"]] == ["/form_values/invoice"]


def test_kind_and_service_come_from_the_form_and_nobody_asks_for_a_priority(result: Result) -> None:
    """R5"""
    read = result.read_ticket
    assert (read["kind"], read["service"], read["channel"]) == (
        "service_request",
        "billing",
        "portal",
    )
    assert result.closed["suggested_priority"] is None
    assert result.read_form["values"] == VALUES
    assert result.read_form["form"]["key"] == FORM["key"]


def test_the_customer_reads_names_and_the_own_file(result: Result) -> None:
    """Never accounts, never what is for staff."""
    question, answer = result.read_messages
    assert (question["author_name"], answer["author_name"]) == ("Jan Bakker", "Anna de Vries")
    (file,) = question["attachments"]
    assert (file["name"], file["size"], result.read_file) == (FILE_NAME, len(FILE), FILE)
    assert {question[name] for name in ("check", "mailing", "partner", "email")} == {None}


def test_a_no_opens_the_ticket_again(result: Result) -> None:
    """Closed tickets, too: within OPSDESK_REOPEN_DAYS."""
    assert result.reopened["state"] == "reopened"
    assert [(one["solved"], one["rating"]) for one in result.feedback] == [(True, 5), (False, None)]


def test_a_yes_changes_nothing_but_the_record(result: Result) -> None:
    assert (result.rated["consequence"], result.rated["ticket"]) == ("none", result.ticket)
    assert (result.closed["state"], result.closed["verified_by"]) == ("closed", "omar")


def test_words_that_come_too_late_open_the_ticket_that_goes_on(result: Result) -> None:
    """The refusal says what to do, and the new ticket is linked to the old one."""
    assert (result.too_late.status, result.too_late.body["code"]) == (409, "REOPENING_EXPIRED")
    assert f"/v1/tickets/{result.ticket}/follow-on" in result.too_late.detail
    assert result.follow_on["title"].endswith(f"({result.ticket} again)")
    assert [(one["kind"], one["ticket"]) for one in result.links] == [("follows", result.ticket)]
