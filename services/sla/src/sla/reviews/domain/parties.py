"""Between whom a review is: the agreements of the month, their targets, and who signed them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common.domain.durations import SECOND
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as agreed: support time within which; `kind` None: for every kind of ticket."""

    metric: str
    priority: str
    kind: str | None
    within_seconds: int
    pausable: bool


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """A version of an agreement that held in the month. `signed_by` is of our side, by name; of the
    other side `countersigned_by`, None where it was one of the customer's contacts."""

    key: str
    version: int
    valid_from: datetime
    valid_until: datetime | None
    timezone: str
    services: tuple[str, ...]
    targets: tuple[TargetLine, ...]
    availability: float | None
    signed_by: str | None
    countersigned_by: str | None


def to_agreement_line(
    version: Agreement, lifecycle: VersionLifecycle, names: Mapping[str, str]
) -> AgreementLine:
    """The line of a version; `names` of our people are by account."""
    targets = tuple(
        TargetLine(one.metric, one.priority, one.kind, one.within // SECOND, one.pausable)
        for one in version.targets
        if one.within is not None
    )
    counter = lifecycle.counter_signature
    is_ours = counter is not None and counter.party is None
    return AgreementLine(
        version.key,
        version.version,
        version.valid_from,
        version.valid_until,
        version.timezone,
        version.services,
        targets,
        version.availability,
        _name(lifecycle.provider_signature, names),
        _name(counter, names) if is_ours else None,
    )


def _name(signature: Signature | None, names: Mapping[str, str]) -> str | None:
    return None if signature is None else names.get(signature.by, signature.by)
