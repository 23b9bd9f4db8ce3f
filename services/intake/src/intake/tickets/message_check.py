"""Check a text of ours that a customer or a partner will read, before it is stored (R11)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.audit import JSON
from common.auth import Caller
from common.domain import Rejection
from common.errors import Problem, Violation
from common.language_detection import detect_language
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.wording import Finding, MessageContext, check_message, check_what_stops
from intake.blunt_words.store import of_language
from intake.tickets.domain.message_check import (
    FALLBACK_LANGUAGE,
    FOR_PARTNERS,
    LETTERS,
    CheckMode,
    MessageCheck,
    Purpose,
    decide,
)
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import message_checks

FINDINGS_HEADER: Final = "Message-Findings"
"""The header with the codes of findings, where the response is the ticket."""
_FIELDS: Final[dict[Purpose, str]] = {
    "reply": "/text",
    "workaround": "/text",
    "question": "/question",
    "resolution": "/resolution",
    "estimate": "/note",
    "hand_over": "",
    "partner": "/text",
}


@dataclass(frozen=True, slots=True)
class CheckedText:
    """What was found in a text that may leave, and why it leaves all the same."""

    findings: tuple[Finding, ...] = ()
    overrule_reason: str | None = None
    language: str | None = None
    detected_language: str | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, each once."""
        return tuple(dict.fromkeys(one.code for one in self.findings))

    @property
    def grounds(self) -> dict[str, JSON]:
        """What the audit trail records: the codes, none of the words."""
        return {"findings": list(self.codes)} if self.findings else {}

    @property
    def headers(self) -> dict[str, str]:
        """What a response says that is the ticket."""
        return {FINDINGS_HEADER: ", ".join(self.codes)} if self.findings else {}


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text of ours that leaves, with its language where that is certain."""

    text: str
    purpose: Purpose
    language: str | None


async def read_own_text(text: str, purpose: Purpose = "reply") -> OwnText:
    """Detect the language of a text. It takes a while: before anything is locked."""
    return OwnText(text, purpose, await detect_language(text))


async def examine(tx: Connection, ticket: Ticket, own: OwnText) -> CheckedText:
    """Return what is wrong with a text for the customer of this ticket, or for its partner."""
    reader = await message_checks.find_reader(tx, ticket.customer_id, ticket.contact_id)
    notes, shared = await message_checks.load_texts(tx, ticket.id)
    others: Sequence[str] = ()
    if ticket.customer_id is not None:
        others = await message_checks.other_names(tx, ticket.customer_id, own.text)
    is_for_partner = own.purpose in FOR_PARTNERS
    context = MessageContext(
        # Which language a partner reads is not known: nothing is said about that.
        language=own.language or FALLBACK_LANGUAGE if is_for_partner else reader.language,
        detected_language=own.language,
        notes=() if is_for_partner else notes,
        shared=shared,
        other_names=others,
        own_name=reader.own_name,
        blunt=await of_language(tx, own.language or reader.language),
        is_letter=own.purpose in LETTERS,
    )
    return CheckedText(check_message(own.text, context), None, context.language, own.language)


async def require_sendable(
    tx: Connection,
    ticket: Ticket,
    own: OwnText,
    mode: CheckMode,
    overrule_reason: str | None,
) -> CheckedText:
    """Return what was found in a text that may leave. Raises Problem (422) where it may not."""
    examined = await examine(tx, ticket, own)
    rejection = decide(examined.findings, overrule_reason, mode)
    if rejection is not None:
        raise _problem(rejection, examined.findings, _FIELDS[own.purpose])
    return CheckedText(
        examined.findings,
        overrule_reason if examined.findings else None,
        examined.language,
        examined.detected_language,
    )


async def record_check(
    tx: Connection,
    ticket: Ticket,
    checked: CheckedText,
    purpose: Purpose,
    caller: Caller,
    at: datetime,
    message_id: UUID | None = None,
) -> MessageCheck | None:
    """Store what was found in a text that leaves, and who sent it; nothing where all was well."""
    if not checked.findings:
        return None
    check = MessageCheck(
        id=uuid7(),
        ticket_id=ticket.id,
        message_id=message_id,
        purpose=purpose,
        codes=checked.codes,
        sent_by=caller.sub,
        sent_at=at,
        overrule_reason=checked.overrule_reason,
    )
    await message_checks.add(tx, check)
    return check


async def require_title(tx: Connection, about: Sequence[Ticket], title: str) -> None:
    """Raise Problem (422) where a title that the customer of the first ticket will read may not leave.

    It is compared with the notes on all of these tickets.
    """
    first = about[0]
    assert first.customer_id is not None, "who asks has checked it"
    notes: list[str] = []
    shared: list[str] = []
    for ticket in about:
        of_ticket, of_customer = await message_checks.load_texts(tx, ticket.id)
        notes += of_ticket
        shared += of_customer if ticket.customer_id == first.customer_id else []
    reader = await message_checks.find_reader(tx, first.customer_id, None)
    others = await message_checks.other_names(tx, first.customer_id, title)
    found = check_what_stops(
        title,
        MessageContext(
            reader.language,
            notes=notes,
            shared=shared,
            other_names=others,
            own_name=reader.own_name,
        ),
    )
    if (rejection := decide(found, None, "advise")) is not None:
        raise _problem(rejection, found, "/title")


def _problem(rejection: Rejection, findings: Sequence[Finding], pointer: str) -> Problem:
    errors = [asdict(Violation(pointer, one.code, one.detail)) for one in findings]
    return Problem(
        "message-check",
        "The message cannot be sent as it is",
        422,
        rejection.detail,
        code=str(rejection.code),
        findings=[asdict(one) for one in findings],
        errors=errors,
    )
