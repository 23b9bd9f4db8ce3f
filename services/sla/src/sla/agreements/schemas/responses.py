"""Response models of agreements."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain.durations import SECOND
from common.http import ResponseModel
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.lifecycle import Signature
from sla.agreements.store.version_rows import AgreementVersion

State = Literal["draft", "proposed", "agreed", "published", "superseded", "withdrawn", "terminated"]


class TargetRead(ResponseModel):
    metric: str
    priority: str
    kind: str | None
    target_seconds: int | None
    pausable: bool


class WindowRead(ResponseModel):
    starts_at: datetime
    ends_at: datetime


class MaintenanceTermsRead(ResponseModel):
    """`calendar`: the calendar version that is open during the weekly windows."""

    calendar: UUID | None
    dated: list[WindowRead]


class PriceRead(ResponseModel):
    """Per month."""

    amount: str
    currency: str


class SignatureRead(ResponseModel):
    by: str
    at: datetime


class TerminationRead(ResponseModel):
    """Requested by one person; the agreement ends once another has `confirmed` it."""

    requested: SignatureRead
    reason: str
    confirmed: SignatureRead | None


class AgreementRead(ResponseModel):
    """`id` is that of the version. `customers`: all whom it covers; empty means everybody.

    `approved` is the signature of our side, `countersigned` that of the other side.
    """

    id: UUID
    agreement_id: UUID
    key: str
    version: int
    state: State
    customer: str | None
    customers: list[str]
    partner: str | None
    team: str | None
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
    price: PriceRead | None
    penalties: str
    roles: str
    assumptions: str
    duties: str
    customer_signs: bool
    supersedes: int | None
    drafted_by: str
    drafted_at: datetime
    approved: SignatureRead | None
    countersigned: SignatureRead | None
    published_by: str | None
    published_at: datetime | None
    termination: TerminationRead | None


def to_response(stored: AgreementVersion, seen_by: str | None = None) -> AgreementRead:
    """The version as staff sees it; with `seen_by`, a customer's key, without other customers."""
    version, lifecycle = stored.agreement, stored.lifecycle
    price, prose = version.price, version.prose
    return AgreementRead(
        id=version.id,
        agreement_id=stored.agreement_id,
        key=version.key,
        version=version.version,
        state=_state(stored),
        customer=stored.customer if seen_by is None else seen_by,
        customers=list(stored.customers) if seen_by is None else [seen_by],
        partner=version.partner,
        team=version.team,
        contract=version.contract,
        services=list(version.services),
        calendar=version.calendar,
        calendars=dict(version.calendars),
        targets=_targets(version),
        warnings=list(version.warning_thresholds),
        warn_before_seconds=[before // SECOND for before in version.warning_lead_times],
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        timezone=version.timezone,
        availability=version.availability,
        maintenance=_maintenance(version),
        reserved_seconds=None if version.reserved is None else version.reserved // SECOND,
        price=PriceRead(amount=str(price.amount), currency=price.currency) if price else None,
        penalties=prose.penalties,
        roles=prose.roles,
        assumptions=prose.assumptions,
        duties=prose.duties,
        customer_signs=lifecycle.customer_signs,
        supersedes=stored.supersedes,
        drafted_by=lifecycle.draft_signature.by,
        drafted_at=lifecycle.draft_signature.at,
        approved=signature_to_response(lifecycle.provider_signature),
        countersigned=signature_to_response(lifecycle.counter_signature),
        published_by=lifecycle.publication.by if lifecycle.publication else None,
        published_at=lifecycle.publication.at if lifecycle.publication else None,
        termination=_termination(stored, seen_by),
    )


def signature_to_response(signature: Signature | None) -> SignatureRead | None:
    return SignatureRead(by=signature.by, at=signature.at) if signature else None


def _state(stored: AgreementVersion) -> State:
    is_terminated = stored.is_terminated and stored.lifecycle.state == "published"
    return "terminated" if is_terminated else stored.lifecycle.state


def _targets(version: Agreement) -> list[TargetRead]:
    return [
        TargetRead(
            metric=one.metric,
            priority=one.priority,
            kind=one.kind,
            target_seconds=None if one.within is None else one.within // SECOND,
            pausable=one.pausable,
        )
        for one in version.targets
    ]


def _maintenance(version: Agreement) -> MaintenanceTermsRead:
    maintenance = version.maintenance
    windows = [WindowRead(starts_at=start, ends_at=end) for start, end in maintenance.dated]
    return MaintenanceTermsRead(calendar=maintenance.weekly, dated=windows)


def _termination(stored: AgreementVersion, seen_by: str | None) -> TerminationRead | None:
    termination = stored.termination
    if termination is None or (seen_by is not None and termination.confirmed is None):
        return None
    requested = SignatureRead(by=termination.requested.by, at=termination.requested.at)
    return TerminationRead(
        requested=requested,
        reason=termination.reason,
        confirmed=signature_to_response(termination.confirmed),
    )
