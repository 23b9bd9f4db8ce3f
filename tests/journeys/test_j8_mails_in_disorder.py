"""J8 on four service processes: one thread, whatever the network, machines and strangers do to it."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j8_mail_disorder
from opsdesk.journeys.j8_mail_disorder import Result

OUTCOMES = {
    "third, first of all": "opened",
    "first": "joined",
    "second": "joined",
    "second, once more": "duplicate",
    "no Message-ID, the key in the subject": "joined",
    "no Message-ID, once more": "duplicate",
    "a stranger": "opened",
    "an absence notice": "ignored",
    "his mailbox is full": "ignored",
    "jan himself": "joined",
}


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j8_mail_disorder.play(context)


def test_each_mail_ends_where_it_belongs(result: Result) -> None:
    """I1, I2"""
    assert {name: one["outcome"] for name, one in result.responses.items()} == OUTCOMES
    tickets = {
        name: one["ticket"]["key"] for name, one in result.responses.items() if one["ticket"]
    }
    stranger = tickets.pop("a stranger")
    assert set(tickets.values()) == {result.ticket}
    assert stranger != result.ticket


def test_a_stranger_with_key_and_thread_gets_a_ticket_of_nobody(result: Result) -> None:
    """I1: shown to a person, and nothing of jan's to the stranger"""
    assert (result.stranger["customer"], result.stranger["state"]) == (None, "new")
    assert not any("all invoices" in one["text"] for one in result.messages)


def test_every_word_is_there_once(result: Result) -> None:
    """I3: as jan reads it, too"""
    mine = [one["text"].strip() for one in result.read_by_jan if one["direction"] == "inbound"]
    assert sorted(mine) == [
        "All of them, since this morning.",
        "And now in blue.",
        "See the photograph.",
        "The big ones, too.",
        "The red one.",
    ]


def test_a_machine_answers_no_question(result: Result) -> None:
    """I2: what waits for the customer goes on once the customer has written"""
    assert result.held_by_notice["state"] == "on_hold"
    assert result.after_answer["state"] == "in_progress"


def test_what_came_back_is_known(result: Result) -> None:
    """The message says so, a note on the ticket does, and whoever is on call hears of it."""
    question = next(one for one in result.messages if "which printer" in one["text"])
    (mail,) = question["mails"]
    assert (mail["purpose"], mail["state"]) == ("answer", "bounced")
    assert "5.2.2" in mail["problem"]
    assert [one["message_id"] for one in result.undelivered] == [question["id"]]
    assert not any("5.2.2" in one["text"] for one in result.read_by_jan)


def test_the_customers_mail_client_shows_one_thread(result: Result) -> None:
    """One receipt with the key, then question and answer, each below what jan wrote last."""
    receipt, question, answer = result.correspondence.mails
    first, second, third, last = result.sent_ids
    key = result.ticket
    assert receipt["Subject"].startswith(f"[{key}]")
    assert {question["Subject"], answer["Subject"]} == {f"Re: {receipt['Subject']}"}
    assert [mail["Auto-Submitted"] for mail in (receipt, question, answer)] == [
        "auto-replied",
        None,
        None,
    ]
    assert receipt["In-Reply-To"] == third
    assert question["In-Reply-To"] in (second, third)
    assert answer["In-Reply-To"] == last
    assert {first, second, third, question["Message-ID"], last} <= {
        *str(answer["References"]).split()
    }
    ids = {str(mail["Message-ID"]) for mail in result.correspondence.mails}
    assert len(ids | {*result.sent_ids}) == 7
