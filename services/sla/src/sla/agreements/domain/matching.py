"""Which of several agreements promises something for a ticket, and why the others do not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement, specificity

Code = Literal[
    "chosen", "less_specific", "other_customer", "other_service", "not_yet_valid", "no_longer_valid"
]
RULE = (
    "Of all versions that are valid at the ticket's opening and cover its customer and its service,"
    " the most specific one holds: one that names services goes before one for all of them, fewer"
    " named services before more, then fewer customers before more, then the later beginning, then"
    " the newer version, then the key that comes later in the alphabet."
)


@dataclass(frozen=True, slots=True)
class Question:
    """A ticket of this customer about this service, opened at `at`."""

    customer_id: UUID
    service: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version, whether it was chosen, and why or why not."""

    version: Agreement
    code: Code
    reason: str


def matched(versions: Iterable[Agreement], question: Question) -> list[Candidate]:
    """All versions, the chosen one first, then those that lost to it, then those out of question."""
    excluded, fitting = [], []
    for version in versions:
        out = _out(version, question)
        if out is None:
            fitting.append(version)
        else:
            excluded.append(out)
    fitting.sort(key=specificity, reverse=True)
    chosen = [Candidate(one, "chosen", _specific(one)) for one in fitting[:1]]
    beaten = [Candidate(one, "less_specific", _beaten(one, fitting[0])) for one in fitting[1:]]
    return [*chosen, *beaten, *excluded]


def _out(version: Agreement, question: Question) -> Candidate | None:
    if version.customers and question.customer_id not in version.customers:
        return Candidate(version, "other_customer", "it does not cover the customer")
    if not version.serves(question.service):
        asked = question.service or "a ticket that names no service"
        named = ", ".join(version.services)
        return Candidate(version, "other_service", f"it is about {named}, not about {asked}")
    if question.at < version.valid_from:
        begins = version.valid_from.isoformat()
        return Candidate(version, "not_yet_valid", f"it is valid from {begins} on")
    if not version.holds_at(question.at):
        assert version.valid_until is not None
        ended = version.valid_until.isoformat()
        return Candidate(version, "no_longer_valid", f"it was valid until {ended}")
    return None


def _specific(version: Agreement) -> str:
    services = f"names {', '.join(version.services)}" if version.services else "is for all services"
    count = len(version.customers)
    customers = f"covers {count} customer{'s' * (count != 1)}" if count else "covers everybody"
    return f"it {services} and {customers}"


STEPS = (
    "that one names services",
    "that one names fewer services",
    "that one is for fewer customers",
    "that one began later",
    "that one is the newer version",
    "the key of that one comes later",
)
"""What decides at each place of `specificity`."""


def _beaten(version: Agreement, winner: Agreement) -> str:
    pairs = zip(specificity(version), specificity(winner), STEPS, strict=True)
    decided = next(said for mine, theirs, said in pairs if mine != theirs)
    return f"{winner.key} version {winner.version} goes first: {decided}"
