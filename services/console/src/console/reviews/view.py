"""A review: the month's figures, what broke and why, and what its draft still lacks. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from console.figures import percent
from console.promises import Mark

ACTS: Final = (
    "assessment",
    "agenda",
    "minutes",
    "breach-comments",
    "actions",
    "regenerate",
    "publish",
)
GOAL_MARKS: Final[Mapping[str, Mark]] = {
    "met": "fine",
    "on_track": "fine",
    "at_risk": "soon",
    "missed": "broken",
    "lost": "broken",
}


@dataclass(frozen=True, slots=True)
class ComplianceLine:
    """How many promises were kept. Shares are written as per cent; `kind` names the words of `name`."""

    name: str
    kind: str
    met: int
    total: int
    waived: int
    raw: str | None
    adjusted: str | None


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that broke. `is_unexplained`: no comment, waiver or change says why, so nothing is published."""

    facts: Mapping[str, Any]
    overrun: timedelta

    @property
    def is_unexplained(self) -> bool:
        return not (self.facts["comment"] or self.facts["waiver"])


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with its mark; `target` and `share` in per cent as text, None where there is none."""

    facts: Mapping[str, Any]
    mark: Mark
    target: str | None
    share: str | None


@dataclass(frozen=True, slots=True)
class Uptime:
    """The availability of an environment or a service in the month. `percent` and `promised` are shares in per cent
    as text, None where nothing was measured or promised; `down` is how long it was away."""

    subject: str
    percent: str | None
    promised: str | None
    down: timedelta
    keeps: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The page. `is_draft`: edition 0, which customers do not see."""

    is_draft: bool
    compliance: tuple[ComplianceLine, ...]
    breaches: tuple[Breach, ...]
    goals: tuple[Goal, ...]
    uptimes: tuple[Uptime, ...]
    total_compliance: str | None

    @property
    def unexplained(self) -> int:
        return sum(one.is_unexplained for one in self.breaches)


def review_page(review: Mapping[str, Any]) -> ReviewPage:
    report = review["report"]
    parts = (("metrics", "metric"), ("priorities", "priority"), ("services", ""))
    return ReviewPage(
        review["shown_edition"] == 0,
        tuple(one for name, kind in parts for one in _compliance_lines(report[name], kind)),
        tuple(Breach(one, timedelta(seconds=one["overrun_seconds"])) for one in report["breaches"]),
        tuple(map(_goal, report["goals"])),
        tuple(map(_uptime, report["uptimes"])),
        percent(report["usage"]["compliance"]["adjusted"], 1),
    )


def _compliance_lines(parts: Iterable[Mapping[str, Any]], kind: str) -> Iterable[ComplianceLine]:
    for one in parts:
        sums = one["compliance"]
        shares = (percent(sums["raw"], 1), percent(sums["adjusted"], 1))
        yield ComplianceLine(one["name"], kind, sums["met"], sums["total"], sums["waived"], *shares)


def _goal(goal: Mapping[str, Any]) -> Goal:
    mark = GOAL_MARKS.get(goal["state"], "none")
    return Goal(goal, mark, percent(goal["target"], 2), percent(goal["share"], 2))


def _uptime(item: Mapping[str, Any]) -> Uptime:
    share, promised = item["availability"], item["promised"]
    keeps = share is None or promised is None or share >= promised
    down = timedelta(seconds=item["down_seconds"])
    return Uptime(item["subject"], percent(share), percent(promised), down, keeps)
