"""Response models of agreements: one for each audience."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from common.domain.durations import SECOND
from common.http import Page, ResponseModel
from sla.agreements.domain.agreement import Contract
from sla.agreements.domain.lifecycle import Signature
from sla.agreements.domain.outside_party import OutsideParty
from sla.agreements.schemas.goals import GoalRead, goal_to_response
from sla.agreements.schemas.promise_responses import (
    MaintenanceTermsRead,
    PriceRead,
    TargetRead,
    maintenance_to_response,
    targets_to_response,
)
from sla.agreements.store.version_rows import AgreementVersion

State = Literal["draft", "proposed", "agreed", "published", "superseded", "withdrawn", "terminated"]


class SignatureRead(ResponseModel):
    by: str
    at: datetime


class TerminationRead(ResponseModel):
    """Requested by one person; the agreement ends once another has `confirmed` it."""

    requested: SignatureRead
    reason: str
    confirmed: SignatureRead | None


class PromisedTerms(ResponseModel):
    """What a version promises. `id` is that of the version."""

    id: UUID
    agreement_id: UUID
    key: str
    version: int
    state: State
    contract: Contract
    services: list[str]
    calendar: UUID
    calendars: dict[str, UUID]
    targets: list[TargetRead]
    warnings: list[float]
    warn_before_seconds: list[int]
    valid_from: datetime
    valid_until: datetime | None
    timezone: str
    availability: float | None
    maintenance: MaintenanceTermsRead
    reserved_seconds: int | None
    published_at: datetime | None


class PartyTerms(ResponseModel):
    """What both sides of a version read beside its promises.

    `approved` is the signature of our side, `countersigned` that of the other side. `names`: of those of
    our people whom it names, by account.
    """

    price: PriceRead | None
    goals: list[GoalRead]
    credit_cap_percent: float | None
    penalties: str
    roles: str
    assumptions: str
    duties: str
    customer_signs: bool
    pinned: bool
    supersedes: int | None
    approved: SignatureRead | None
    countersigned: SignatureRead | None
    names: dict[str, str]


class AgreementForCovered(PromisedTerms):
    """An agreement as a customer reads it whom it covers, but with whom it is not made.

    It says what is promised to them: no price, no clauses, no negotiation, no names. `customers`: all
    whom it covers; empty means everybody. A customer reads the own key alone, in `customer`, too.
    `house_default`: it is the default of the house, for those who have no agreement of their own.
    """

    customer: str | None
    customers: list[str]
    house_default: bool


class AgreementForParty(AgreementForCovered, PartyTerms):
    """An agreement as the customer reads it with whom it is made."""


class AgreementForPartner(PromisedTerms, PartyTerms):
    """A contract as the business partner reads it with whom it is made: not whose tickets it is about."""

    partner: str


class AgreementRead(AgreementForParty):
    """An agreement as our own people read it: also who wrote it, and why it ends."""

    partner: str | None
    team: str | None
    drafted_by: str
    drafted_at: datetime
    published_by: str | None
    termination: TerminationRead | None


AnyAgreement = AgreementRead | AgreementForParty | AgreementForCovered | AgreementForPartner
"""An agreement for whoever asks; `to_response` chooses."""


class AgreementPage(Page[AnyAgreement]):
    """A page of agreements, as the caller may read them."""


def to_response(stored: AgreementVersion, seen_by: OutsideParty | None = None) -> AnyAgreement:
    """The version as staff reads it; with `seen_by` as that party may."""
    if seen_by is None:
        return to_staff_response(stored)
    signers = {one.by for one in _signatures(stored)}
    as_party = _party_values(stored) | {"names": _names(stored, signers)}
    if seen_by.kind == "partner":
        return AgreementForPartner(**_promised_values(stored), **as_party, partner=seen_by.key)
    covered = _promised_values(stored) | _covered_values(stored, seen_by.key)
    if stored.is_made_with(seen_by.key):
        return AgreementForParty(**covered, **as_party)
    return AgreementForCovered(**covered)


def customer_of(response: AnyAgreement) -> str | None:
    """The customer (a key) with whom it is made, None of none or where its reader reads none."""
    return None if isinstance(response, AgreementForPartner) else response.customer


def customers_of(response: AnyAgreement) -> list[str]:
    """The customers (keys) whom it covers, as far as its reader reads them."""
    return [] if isinstance(response, AgreementForPartner) else response.customers


def to_staff_response(stored: AgreementVersion) -> AgreementRead:
    """The version as staff reads it."""
    return AgreementRead(
        **_promised_values(stored),
        **_covered_values(stored, None),
        **_party_values(stored),
        **_staff_values(stored),
        names=dict(stored.people),
    )


def _signatures(stored: AgreementVersion) -> list[Signature]:
    lifecycle = stored.lifecycle
    both = (lifecycle.provider_signature, lifecycle.counter_signature)
    return [one for one in both if one is not None]


def _names(stored: AgreementVersion, accounts: set[str]) -> dict[str, str]:
    return {one: name for one, name in stored.people.items() if one in accounts}


def _covered_values(stored: AgreementVersion, seen_by: str | None) -> dict[str, Any]:
    return {
        "customer": stored.customer if seen_by is None else seen_by,
        "customers": list(stored.known_customers) if seen_by is None else [seen_by],
        "house_default": stored.agreement.is_house_default,
    }


def _promised_values(stored: AgreementVersion) -> dict[str, Any]:
    version, publication = stored.agreement, stored.lifecycle.publication
    return {
        "id": version.id,
        "agreement_id": stored.agreement_id,
        "key": version.key,
        "version": version.version,
        "state": _state(stored),
        "contract": version.contract,
        "services": list(version.services),
        "calendar": version.calendar,
        "calendars": dict(version.calendars),
        "targets": targets_to_response(version),
        "warnings": list(version.warning_thresholds),
        "warn_before_seconds": [before // SECOND for before in version.warning_lead_times],
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "timezone": version.timezone,
        "availability": version.availability,
        "maintenance": maintenance_to_response(version),
        "reserved_seconds": None if version.reserved is None else version.reserved // SECOND,
        "published_at": publication.at if publication else None,
    }


def _party_values(stored: AgreementVersion) -> dict[str, Any]:
    price, lifecycle = stored.agreement.price, stored.lifecycle
    return {
        "price": PriceRead(amount=str(price.amount), currency=price.currency) if price else None,
        "goals": [goal_to_response(one) for one in stored.agreement.goals],
        "credit_cap_percent": stored.agreement.credit_cap_percent,
        **asdict(stored.agreement.prose),
        "customer_signs": lifecycle.customer_signs,
        "pinned": stored.agreement.pinned,
        "supersedes": stored.supersedes,
        "approved": signature_to_response(lifecycle.provider_signature),
        "countersigned": signature_to_response(lifecycle.counter_signature),
    }


def _staff_values(stored: AgreementVersion) -> dict[str, Any]:
    version, lifecycle = stored.agreement, stored.lifecycle
    return {
        "partner": version.partner,
        "team": version.team,
        "drafted_by": lifecycle.draft_signature.by,
        "drafted_at": lifecycle.draft_signature.at,
        "published_by": lifecycle.publication.by if lifecycle.publication else None,
        "termination": _termination(stored),
    }


def signature_to_response(signature: Signature | None) -> SignatureRead | None:
    return SignatureRead(by=signature.by, at=signature.at) if signature else None


def _state(stored: AgreementVersion) -> State:
    is_terminated = stored.is_terminated and stored.lifecycle.state == "published"
    return "terminated" if is_terminated else stored.lifecycle.state


def _termination(stored: AgreementVersion) -> TerminationRead | None:
    termination = stored.termination
    if termination is None:
        return None
    requested = SignatureRead(by=termination.requested.by, at=termination.requested.at)
    return TerminationRead(
        requested=requested,
        reason=termination.reason,
        confirmed=signature_to_response(termination.confirmed),
    )
