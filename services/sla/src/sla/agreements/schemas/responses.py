"""Agreements as they are told."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.lifecycle import Signature
from sla.agreements.store.version_rows import AgreementVersion

SECOND = timedelta(seconds=1)
State = Literal["draft", "proposed", "agreed", "published", "superseded", "withdrawn", "terminated"]


class TargetTold(ResponseModel):
    metric: str
    priority: str
    kind: str | None
    target_seconds: int | None
    pausable: bool


class WindowTold(ResponseModel):
    starts_at: datetime
    ends_at: datetime


class MaintenanceTold(ResponseModel):
    """`calendar`: the version of the calendar that is open whenever weekly maintenance is."""

    calendar: UUID | None
    dated: list[WindowTold]


class PriceTold(ResponseModel):
    """Per month."""

    amount: str
    currency: str


class SignatureTold(ResponseModel):
    by: str
    at: datetime


class EndingTold(ResponseModel):
    """Asked for by one person; `confirmed` by another, it ends the agreement."""

    requested: SignatureTold
    reason: str
    confirmed: SignatureTold | None


class AgreementTold(ResponseModel):
    """`id` is that of the version. `customers`: all whom it covers; none named: everybody.

    `approved` stands for our side, `countersigned` for the other one.
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
    targets: list[TargetTold]
    warnings: list[float]
    warn_before_seconds: list[int]
    valid_from: datetime
    valid_until: datetime | None
    timezone: str
    availability: float | None
    maintenance: MaintenanceTold
    reserved_seconds: int | None
    price: PriceTold | None
    penalties: str
    roles: str
    assumptions: str
    duties: str
    customer_signs: bool
    supersedes: int | None
    drafted_by: str
    drafted_at: datetime
    approved: SignatureTold | None
    countersigned: SignatureTold | None
    published_by: str | None
    published_at: datetime | None
    termination: EndingTold | None


def told(found: AgreementVersion, seen_by: str | None = None) -> AgreementTold:
    """As staff sees it; as the customer `seen_by` (a key) does, without the others whom it covers."""
    version, life = found.agreement, found.life
    price, prose = version.price, version.prose
    return AgreementTold(
        id=version.id,
        agreement_id=found.agreement_id,
        key=version.key,
        version=version.version,
        state=_state(found),
        customer=found.customer if seen_by is None else seen_by,
        customers=list(found.customers) if seen_by is None else [seen_by],
        partner=version.partner,
        team=version.team,
        contract=version.contract,
        services=list(version.services),
        calendar=version.calendar,
        calendars=dict(version.calendars),
        targets=_targets(version),
        warnings=list(version.shares),
        warn_before_seconds=[before // SECOND for before in version.ahead],
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        timezone=version.timezone,
        availability=version.availability,
        maintenance=_maintenance(version),
        reserved_seconds=None if version.reserved is None else version.reserved // SECOND,
        price=PriceTold(amount=str(price.amount), currency=price.currency) if price else None,
        penalties=prose.penalties,
        roles=prose.roles,
        assumptions=prose.assumptions,
        duties=prose.duties,
        customer_signs=life.customer_signs,
        supersedes=found.supersedes,
        drafted_by=life.drafted.by,
        drafted_at=life.drafted.at,
        approved=signature(life.ours),
        countersigned=signature(life.theirs),
        published_by=life.published.by if life.published else None,
        published_at=life.published.at if life.published else None,
        termination=_ending(found, seen_by),
    )


def signature(signed: Signature | None) -> SignatureTold | None:
    return SignatureTold(by=signed.by, at=signed.at) if signed else None


def _state(found: AgreementVersion) -> State:
    ended = found.over and found.life.state == "published"
    return "terminated" if ended else found.life.state


def _targets(version: Agreement) -> list[TargetTold]:
    return [
        TargetTold(
            metric=one.metric,
            priority=one.priority,
            kind=one.kind,
            target_seconds=None if one.within is None else one.within // SECOND,
            pausable=one.pausable,
        )
        for one in version.targets
    ]


def _maintenance(version: Agreement) -> MaintenanceTold:
    agreed = version.maintenance
    windows = [WindowTold(starts_at=start, ends_at=end) for start, end in agreed.dated]
    return MaintenanceTold(calendar=agreed.weekly, dated=windows)


def _ending(found: AgreementVersion, seen_by: str | None) -> EndingTold | None:
    ending = found.ending
    if ending is None or (seen_by is not None and ending.done is None):
        return None
    asked = SignatureTold(by=ending.asked.by, at=ending.asked.at)
    return EndingTold(requested=asked, reason=ending.reason, confirmed=signature(ending.done))
