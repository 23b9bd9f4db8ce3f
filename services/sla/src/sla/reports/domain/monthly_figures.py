"""Figures of a customer's month. Pure. Durations are seconds of counted (working) time."""

from dataclasses import dataclass

from sla.clocks.domain.compliance import Compliance


@dataclass(frozen=True, slots=True)
class CompliancePart:
    """How the promises of one metric, priority or service ended."""

    name: str
    compliance: Compliance


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """How long it took, in counted (working) time: half was done within `p50_seconds` seconds."""

    metric: str
    count: int
    p50_seconds: float
    p90_seconds: float
    p95_seconds: float


@dataclass(frozen=True, slots=True)
class Usage:
    """One month in a line. `open` is how many tickets were open at its end."""

    month: str
    opened: int
    resolved: int
    open: int
    compliance: Compliance
