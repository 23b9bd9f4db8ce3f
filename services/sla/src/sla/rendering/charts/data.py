"""The data of charts, as protocols. Durations are in seconds, shares from 0 to 1. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol


class Compliance(Protocol):
    """Counts of promises met, waived (a waiver covers the breach) and breached."""

    @property
    def met(self) -> int: ...
    @property
    def waived(self) -> int: ...
    @property
    def breached(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def raw(self) -> float | None: ...
    @property
    def adjusted(self) -> float | None: ...


class NamedCompliance(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def compliance(self) -> Compliance: ...


class MonthOfTickets(Protocol):
    """The figures of a month; `month` is `2026-06`."""

    @property
    def month(self) -> str: ...
    @property
    def opened(self) -> int: ...
    @property
    def compliance(self) -> Compliance: ...


class DayOfTickets(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def opened(self) -> int: ...
    @property
    def resolved(self) -> int: ...


class Percentiles(Protocol):
    """Percentiles of the durations of `count` clocks."""

    @property
    def metric(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def p50_seconds(self) -> float: ...
    @property
    def p90_seconds(self) -> float: ...
    @property
    def p95_seconds(self) -> float: ...


class Uptime(Protocol):
    """The availability of a subject. `down` has the seconds of downtime by date."""

    @property
    def subject(self) -> str: ...
    @property
    def availability(self) -> float | None: ...
    @property
    def down_seconds(self) -> int: ...
    @property
    def down(self) -> Sequence[tuple[date, int]]: ...
