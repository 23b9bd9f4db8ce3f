"""Which ticket a mail joins (J1), and that a thread opens nobody else's ticket."""

from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from msgspec import structs

from intake.directory.domain.environment import Environment
from intake.mail.domain.environment_choice import choose_environment
from intake.mail.domain.mail import Mail
from intake.mail.domain.thread import Sender, find_ticket, thread_ids, ticket_keys_in
from intake.tickets.domain.message import Message, awaits_customer_reply
from intake.tickets.domain.ticket import Ticket
from intake_support.new_tickets import NINE, new_ticket

ACME, BRIGHTWATER = UUID(int=1), UUID(int=2)
JAN = Sender("jan@acme.example", customer_id=ACME)
EVE = Sender("eve@brightwater.example", customer_id=BRIGHTWATER)
STRANGER = Sender("stranger@elsewhere.example")
TICKET = new_ticket(id=UUID(int=9), key="OPS-1042", customer_id=ACME)
MAIL = Mail("m@a", (), (), "jan@acme.example", "Jan", "Down", (), (), {})


def arrive(mails: list[Mail]) -> int:
    """How many tickets these mails of one sender end up in, in this order of arrival."""
    by_id: dict[str, list[Ticket]] = {}
    opened = 0
    for mail in mails:
        ticket = find_ticket(mail, JAN, by_id, {})
        if ticket is None:
            opened += 1
            ticket = structs.replace(TICKET, id=UUID(int=100 + opened))
        for message_id in thread_ids(mail):
            by_id.setdefault(message_id, []).append(ticket)
    return opened


def test_a_thread_is_one_ticket_in_every_order_of_arrival() -> None:
    """J1: also when the reply comes before the first."""
    first = replace(MAIL, message_id="a")
    second = replace(MAIL, message_id="b", in_reply_to=("a",), references=("a",))
    third = replace(MAIL, message_id="c", in_reply_to=("b",), references=("a", "b"))
    assert {arrive(list(order)) for order in permutations([first, second, third])} == {1}


def test_mails_that_share_nothing_are_two_tickets() -> None:
    assert arrive([replace(MAIL, message_id="a"), replace(MAIL, message_id="b")]) == 2


@pytest.mark.parametrize(
    ("sender", "joins"),
    [
        (JAN, True),
        (EVE, False),
        (STRANGER, False),
        (Sender("anna@ours", staff="anna"), False),
        (replace(JAN, doubt="DMARC failed"), False),
    ],
)
def test_only_who_may_write_on_the_ticket_joins_it(sender: Sender, joins: bool) -> None:
    answer = replace(MAIL, in_reply_to=("first@acme",), subject="Re: [OPS-1042] Down")
    ticket = find_ticket(answer, sender, {"first@acme": [TICKET]}, {"OPS-1042": TICKET})
    assert (ticket is TICKET) == joins


def test_an_unknown_sender_stays_in_the_own_triage_ticket() -> None:
    triage = structs.replace(TICKET, customer_id=None, reporter="stranger@elsewhere.example")
    answer = replace(MAIL, in_reply_to=("x",))
    assert find_ticket(answer, STRANGER, {"x": [triage]}, {}) is triage
    assert find_ticket(answer, Sender("other@elsewhere.example"), {"x": [triage]}, {}) is None
    assert find_ticket(answer, Sender(None), {"x": [triage]}, {}) is None
    triaged = structs.replace(triage, customer_id=ACME)
    assert find_ticket(answer, STRANGER, {"x": [triaged]}, {}) is triaged
    assert find_ticket(answer, EVE, {"x": [triaged]}, {}) is None


def test_a_foreign_thread_does_not_hide_the_own_one() -> None:
    foreign = structs.replace(TICKET, customer_id=BRIGHTWATER)
    answer = replace(MAIL, in_reply_to=("x",))
    assert find_ticket(answer, JAN, {"x": [foreign, TICKET]}, {}) is TICKET


def test_the_thread_counts_before_the_key_in_the_subject() -> None:
    other = structs.replace(TICKET, id=UUID(int=10), key="OPS-7")
    answer = replace(MAIL, in_reply_to=("x",), subject="Re: OPS-7")
    assert find_ticket(answer, JAN, {"x": [TICKET]}, {"OPS-7": other}) is TICKET


def test_keys_are_found_as_people_write_them() -> None:
    assert ticket_keys_in("re: [ops-1042] and OPS-7, not DEVOPS-3 nor OPS-1042") == (
        "OPS-1042",
        "OPS-7",
    )


PROD = Environment(UUID(int=5), "acme-prod", ACME, "acme", "production", "Production")
STAGING = Environment(UUID(int=6), "acme-staging", ACME, "acme", "staging", "Staging")


def test_the_environment_written_first_is_meant() -> None:
    both = [PROD, STAGING]
    assert (
        choose_environment(both, "Help", "since acme-staging works, acme-prod is down") == STAGING
    )
    assert choose_environment(both, "ACME-PROD down", "not acme-staging") == PROD
    assert (
        choose_environment(both, "my-acme-prod-x") == PROD
    )  # not written: the only production one
    assert choose_environment([STAGING], "Help") is None
    assert choose_environment([PROD, replace(PROD, id=UUID(int=8), key="acme-eu")], "Help") is None


def test_it_is_the_customers_turn_when_the_last_word_is_ours() -> None:
    """R1"""
    ours = Message(
        UUID(int=2), TICKET.id, "public", "outbound", "anna", "Where are the logs?", NINE
    )
    assert awaits_customer_reply(ours)
    assert not awaits_customer_reply(replace(ours, text="We look at it."))
    assert not awaits_customer_reply(replace(ours, direction="inbound"))
    assert not awaits_customer_reply(None)
