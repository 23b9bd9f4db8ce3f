"""The figures of a customer's month. Durations are seconds of counted (working) time. Pure."""

from dataclasses import dataclass

from sla.clocks.domain.compliance import Compliance


@dataclass(frozen=True, slots=True)
class CompliancePart:
    """The compliance of one metric, priority or service."""

    name: str
    compliance: Compliance


@dataclass(frozen=True, slots=True)
class SupplierPart:
    """How a partner (`uc`) or an own team (`ola`) kept an agreement with us, and in the month before."""

    contract: str
    agreement: str
    compliance: Compliance
    previous: Compliance


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Percentiles of the counted time until a metric's clocks stopped; `count` of them did.

    Each is the time of one of these clocks, the shortest within which that share had stopped.
    """

    metric: str
    count: int
    p50_seconds: float
    p90_seconds: float
    p95_seconds: float


@dataclass(frozen=True, slots=True)
class Usage:
    """A month in one line. `open` is the number of tickets open at its end."""

    month: str
    opened: int
    resolved: int
    open: int
    compliance: Compliance
