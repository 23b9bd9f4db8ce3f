"""What a version would have changed for past tickets, as sla has computed it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from console.figures import percent

CHANGES: Final = (
    "immediate_breaches",
    "outcome_changes",
    "new_promises",
    "deadline_changes",
)
"""The kinds of changes, what hurts most first; each has words of the kind `trial`."""


@dataclass(frozen=True, slots=True)
class Compliance:
    """How many promises of a metric were kept, as it was and as it would have been; as per cent."""

    metric: str
    before: str | None
    after: str | None
    broken_before: int
    broken_after: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Promises that would differ in a way; `total` counts those that are not named, too."""

    kind: str
    total: int
    named: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """The result. `more`: the address of older tickets, None where these are all."""

    starts_at: str
    as_of: str
    tickets: int
    clocks: int
    without_clocks: int
    compliance: tuple[Compliance, ...]
    changes: tuple[Changes, ...]
    more: str | None


def trial_of(data: Mapping[str, Any], path: str, days: str) -> Trial:
    """Read the answer. `path` is the page's own, to which the cursor is added for older tickets."""
    cursor = data["next"]
    found = (Changes(kind, data[f"{kind}_total"], tuple(data[kind])) for kind in CHANGES)
    return Trial(
        data["starts_at"],
        data["as_of"],
        data["tickets"],
        data["clocks"],
        data["without_clocks"],
        tuple(map(_compliance, data["compliance"])),
        tuple(one for one in found if one.total),
        f"{path}?{urlencode({'days': days, 'cursor': cursor})}" if cursor else None,
    )


def _compliance(line: Mapping[str, Any]) -> Compliance:
    before, after = line["actual"], line["simulated"]
    return Compliance(
        line["metric"],
        percent(before["adjusted"], 1),
        percent(after["adjusted"], 1),
        before["breached"],
        after["breached"],
    )
