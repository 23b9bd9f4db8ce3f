"""The reports of sla: where each is, which parameters it takes, and its columns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

CellKind = Literal["count", "share", "length", "minutes", "amounts", "text"]
PERIOD: Final = ("from", "to", "customer", "service", "group_by", "step")


@dataclass(frozen=True, slots=True)
class Column:
    """A figure by the name of its field, and how it is written."""

    name: str
    kind: CellKind


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `groups`: what its rows may be grouped by."""

    path: str
    columns: tuple[Column, ...]
    groups: tuple[str, ...]
    parameters: tuple[str, ...] = PERIOD

    def query(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters that this report takes; others it would refuse."""
        return {
            name: value
            for name, value in asked.items()
            if name in self.parameters and (name != "group_by" or value in self.groups)
        }


def _columns(kind: CellKind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


TICKETS: Final = ("customer", "service", "priority", "kind")
CLOCKS: Final = (*TICKETS, "metric", "contract", "agreement")
REPORTS: Final[Mapping[str, Report]] = {
    "compliance": Report(
        "/v1/reports/compliance",
        (
            *_columns("count", "total", "met", "breached", "waived"),
            *_columns("share", "raw", "adjusted"),
        ),
        CLOCKS,
        (*PERIOD, "metric"),
    ),
    "response": Report(
        "/v1/reports/response",
        (
            *_columns("count", "ended"),
            *_columns("length", "mean_seconds", "p50_seconds", "p90_seconds", "p95_seconds"),
        ),
        TICKETS,
        (*PERIOD, "metric"),
    ),
    "volume": Report(
        "/v1/reports/volume",
        (
            *_columns("count", "opened", "resolved", "rejected", "reopened", "merged"),
            *_columns("count", "backlog_change"),
            *_columns("share", "reopen_rate"),
        ),
        TICKETS,
    ),
    "backlog": Report(
        "/v1/reports/backlog",
        (*_columns("count", "tickets"), *_columns("length", "mean_age_seconds")),
        TICKETS,
    ),
    "availability": Report(
        "/v1/reports/availability",
        (
            *_columns("share", "availability", "promised"),
            *_columns("length", "down_seconds"),
            *_columns("count", "failures"),
            *_columns("length", "mttr_seconds", "mtbf_seconds"),
        ),
        ("customer", "service"),
    ),
    "costs": Report(
        "/v1/reports/costs",
        (*_columns("minutes", "minutes", "unpriced_minutes"), *_columns("amounts", "amounts")),
        (*TICKETS, "rate"),
    ),
}
