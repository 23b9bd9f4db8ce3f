"""Which of several agreements applies to a ticket, and why the others do not. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement, specificity

MatchCode = Literal[
    "chosen",
    "less_specific",
    "own_agreement",
    "other_customer",
    "other_service",
    "not_yet_valid",
    "no_longer_valid",
]
SELECTION_RULE = (
    "Of all versions that are valid at the ticket's opening and cover its customer and its service,"
    " the most specific one holds: one that names services goes before one for all of them, fewer"
    " named services before more, then fewer customers before more, then the later beginning. Two that"
    " are equal in all of that are a gap to be closed; meanwhile the one that was drafted first holds."
    " The house-wide default holds for customers of whom no agreement of their own is valid then."
)


@dataclass(frozen=True, slots=True)
class MatchQuery:
    """A ticket of this customer about this service, opened at `at`."""

    customer_id: UUID
    service: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version, with the code and the reason why it was chosen or not."""

    version: Agreement
    code: MatchCode
    reason: str


def match_versions(versions: Iterable[Agreement], query: MatchQuery) -> list[Candidate]:
    """All versions: the chosen one, then the less specific ones, then those that do not apply."""
    versions, excluded, applicable = list(versions), [], []
    for version in versions:
        exclusion = _exclusion(version, query)
        if exclusion is None:
            applicable.append(version)
        else:
            excluded.append(exclusion)
    if any(not one.is_house_default for one in versions if one.is_valid_at(query.at)):
        excluded += [_displaced_default(one) for one in applicable if one.is_house_default]
        applicable = [one for one in applicable if not one.is_house_default]
    applicable.sort(key=specificity, reverse=True)
    chosen = [Candidate(one, "chosen", _describe_specificity(one)) for one in applicable[:1]]
    less_specific = [
        Candidate(one, "less_specific", _describe_loss(one, applicable[0]))
        for one in applicable[1:]
    ]
    return [*chosen, *less_specific, *excluded]


def _exclusion(version: Agreement, query: MatchQuery) -> Candidate | None:
    if version.customers and query.customer_id not in version.customers:
        return Candidate(version, "other_customer", "it does not cover the customer")
    if not version.covers_service(query.service):
        asked = query.service or "a ticket that names no service"
        named = ", ".join(version.services)
        return Candidate(version, "other_service", f"it is about {named}, not about {asked}")
    if query.at < version.valid_from:
        begins = version.valid_from.isoformat()
        return Candidate(version, "not_yet_valid", f"it is valid from {begins} on")
    if not version.is_valid_at(query.at):
        assert version.valid_until is not None
        ended = version.valid_until.isoformat()
        return Candidate(version, "no_longer_valid", f"it was valid until {ended}")
    return None


def _displaced_default(version: Agreement) -> Candidate:
    reason = "it is the house-wide default, and the customer has an agreement of their own"
    return Candidate(version, "own_agreement", reason)


def _describe_specificity(version: Agreement) -> str:
    services = f"names {', '.join(version.services)}" if version.services else "is for all services"
    count = len(version.customers)
    customers = f"covers {count} customer{'s' * (count != 1)}" if count else "covers everybody"
    default = ": the house-wide default" if version.is_house_default else ""
    return f"it {services} and {customers}{default}"


SPECIFICITY_STEPS = (
    "that one names services",
    "that one names fewer services",
    "that one is for fewer customers",
    "that one began later",
    "both match equally, which is a gap, and that one was drafted first",
)
"""What decides at each place of `specificity`, in words about the winner."""


def _describe_loss(version: Agreement, winner: Agreement) -> str:
    pairs = zip(specificity(version), specificity(winner), SPECIFICITY_STEPS, strict=True)
    deciding_step = next(step for its, winning, step in pairs if its != winning)
    return f"{winner.key} version {winner.version} goes first: {deciding_step}"
