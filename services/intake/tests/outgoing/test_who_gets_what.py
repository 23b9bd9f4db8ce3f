"""Who gets our answer, which mails get a receipt, and how often (I1, I2, R11)."""

from dataclasses import replace
from uuid import UUID

import pytest
from msgspec import structs

from intake.mail.domain.auto_reply import may_have_receipt
from intake.mail.domain.mail import parse_mail
from intake.outgoing.domain.outgoing_mail import is_over_limit
from intake.outgoing.domain.recipients import Participant, recipients_of
from intake.tickets.domain.message import Message
from intake_support.new_tickets import NINE, new_ticket

ACME, BRIGHTWATER = UUID(int=1), UUID(int=2)
TICKET = new_ticket(id=UUID(int=9), key="OPS-1021", customer_id=ACME)
JAN = Participant(
    UUID(int=10), ACME, "jan@acme.example", "nl", wants_mail=False, wrote_by_mail=True
)


@pytest.mark.parametrize(
    ("who", "gets_it"),
    [
        (JAN, True),
        (replace(JAN, wrote_by_mail=False), False),
        (replace(JAN, wrote_by_mail=False, wants_mail=True), True),
        (replace(JAN, customer_id=BRIGHTWATER), False),
        (replace(JAN, address=None), False),
    ],
)
def test_people_of_the_tickets_customer_get_our_answer(who: Participant, gets_it: bool) -> None:
    """Who wrote by mail, or asked for mail; whoever is erased has no address."""
    assert bool(recipients_of(TICKET, [who])) is gets_it


def test_nobody_gets_mail_about_a_ticket_that_waits_for_triage() -> None:
    untriaged = structs.replace(TICKET, customer_id=None)
    assert recipients_of(untriaged, [JAN, replace(JAN, wants_mail=True)]) == ()


@pytest.mark.parametrize(
    ("visibility", "direction", "automatic", "is_mailed"),
    [
        ("public", "outbound", False, True),
        ("internal", "outbound", False, False),
        ("public", "inbound", False, False),
        ("public", "outbound", True, False),
        ("internal", "outbound", True, False),
    ],
)
def test_only_a_public_answer_of_a_person_is_mailed(
    visibility: str, direction: str, automatic: bool, is_mailed: bool
) -> None:
    """R11: an internal note never is."""
    message = Message(
        UUID(int=5),
        TICKET.id,
        visibility,  # type: ignore[arg-type]  # the cases are the words of the type
        direction,  # type: ignore[arg-type]  # likewise
        "anna",
        "words",
        NINE,
        automatic=automatic,
    )
    assert message.is_answer is is_mailed


def may(*heads: str, sender: str = "jan@acme.example") -> bool:
    return may_have_receipt(parse_mail("\n".join([f"From: {sender}", *heads, "", "Hi"]).encode()))


def test_a_persons_mail_gets_a_receipt() -> None:
    assert may()
    assert may("Auto-Submitted: no")
    assert may("X-Auto-Response-Suppress: None")
    assert may("Precedence: first-class")


@pytest.mark.parametrize(
    "heads",
    [
        ["Auto-Submitted: auto-generated"],
        ["Auto-Submitted: auto-replied"],
        ["Precedence: bulk"],
        ["Precedence: LIST"],
        ["Precedence: junk"],
        ["List-Id: <invoices.acme.example>"],
        ["List-Unsubscribe: <https://acme.example/u>"],
        ["X-Auto-Response-Suppress: All"],
        ["X-Auto-Response-Suppress: DR, OOF, AutoReply"],
        ["Return-Path: <>"],
        ["Content-Type: multipart/report; boundary=r"],
        ["Message-ID: <opsdesk.1@other.example>"],
        ["Reply-To: eve@evil.example"],
    ],
)
def test_machines_lists_and_who_forbids_it_get_none(heads: list[str]) -> None:
    """RFC 3834, 2. A Reply-To counts for a form, whose own address is a robot's."""
    sender = "noreply@acme.example" if heads[0].startswith("Reply-To") else "jan@acme.example"
    assert not may(*heads, sender=sender)


@pytest.mark.parametrize(
    "sender",
    [
        "postmaster@acme.example",
        "MAILER-DAEMON@acme.example",
        "no-reply@acme.example",
        "bounces+7@acme.example",
        "jan@acme.example, eve@evil.example",
        "",
    ],
)
def test_addresses_that_nobody_reads_and_doubtful_ones_get_none(sender: str) -> None:
    assert not may(sender=sender)


def test_the_limit_is_the_number_that_still_goes_out() -> None:
    assert [is_over_limit(recent, 5) for recent in (0, 4, 5, 6)] == [False, False, True, True]
    assert is_over_limit(0, 0), "0: nobody gets any"
