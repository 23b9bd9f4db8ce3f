"""A drill as it went: when the fault was caused, what was raised, what the page found, and the table of all."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.drills.faults import Fault
from tests.drills.page import Drill
from tests.drills.watching import GONE_S, Seen, Watch

COLUMNS: Final = (
    f"{'drill':<46} {'caused':<8} {'alert':<26} {'raised':>7} {'by the rules':>12}"
    f"  {'page':<24} {'cause named':<11} {'ended':>6}  beside"
)


@dataclass(slots=True)
class Played:
    """`caused_at`, `mended_at` and `ended_at` are Unix times. `problem`: why it could not be played to its end."""

    fault: Fault
    drill: Drill
    caused_at: float = 0
    mended_at: float | None = None
    ended_at: float | None = None
    alert: Seen | None = None
    runbook: str = ""
    printed: str = ""
    problem: str = ""
    beside: list[Seen] = field(default_factory=list)

    @property
    def expected(self) -> set[str]:
        """What the page says is raised."""
        return {self.drill.alert, *self.drill.others}

    @property
    def is_named(self) -> bool:
        """Whether what the page's commands printed has the cause."""
        return re.search(self.fault.named, self.printed, re.DOTALL) is not None

    @property
    def is_passed(self) -> bool:
        return (
            not self.problem
            and self.alert is not None
            and self.runbook == self.drill.page
            and self.is_named
            and self.ended_at is not None
            and not any(self.is_beside(one) for one in self.beside)
        )

    def is_beside(self, other: Seen) -> bool:
        """Whether the rules as they stand raise it no later than this drill's own alert; else it only follows."""
        if self.alert is None:
            return True
        return other.by_the_rules_at <= self.alert.by_the_rules_at

    def is_by_the_rules(self, other: Seen) -> bool:
        """Whether the rules as they stand raise it: it lasted for its whole `for:`, or until the fault was mended.

        What ends sooner is raised by the shortened `for:` alone.
        """
        mended_at = self.mended_at if self.mended_at is not None else other.by_the_rules_at
        return other.last_at + GONE_S >= min(other.by_the_rules_at, mended_at)

    def line(self) -> str:
        """One line of the table."""
        name = f"{self.drill.number:>2} {self.drill.title}"
        caused = time.strftime("%H:%M:%S", time.localtime(self.caused_at))
        raised = rules = ended = "-"
        if self.alert is not None:
            raised = f"{(self.alert.raised_at or 0) - self.caused_at:.0f} s"
            rules = f"{self.alert.by_the_rules_at - self.caused_at:.0f} s"
        if self.ended_at is not None and self.mended_at is not None:
            ended = f"{self.ended_at - self.mended_at:.0f} s"
        named = "yes" if self.is_named else "NO"
        return (
            f"{name:<46} {caused:<8} {self.drill.alert:<26} {raised:>7} {rules:>12}"
            f"  {self.runbook:<24} {named:<11} {ended:>6}  {self._others()}"
        )

    def _others(self) -> str:
        parts = []
        for one in self.beside:
            after = one.by_the_rules_at - self.caused_at
            parts.append(f"{one} {'' if self.is_beside(one) else 'only '}after {after:.0f} s")
        return "; ".join(dict.fromkeys(parts)) or "none"


def assign_others(played: Sequence[Played], watch: Watch) -> None:
    """Give each alert that no page expects to the drill in whose time its expression began to hold.

    Where a drill is played beside others, it is the others': it had its time before them.
    """
    for one in sorted(played, key=lambda each: each.fault.beside):
        until = one.ended_at or time.time()
        meanwhile = [other for other in played if _overlap(one, other)]
        expected = {name for other in meanwhile for name in other.expected}
        taken = {id(seen) for other in played for seen in other.beside}
        found = watch.others(expected, one.caused_at, until)
        one.beside = [seen for seen in found if id(seen) not in taken and one.is_by_the_rules(seen)]


def _overlap(one: Played, other: Played) -> bool:
    """Whether a drill was on while the other one was."""
    end, other_end = one.ended_at or time.time(), other.ended_at or time.time()
    return one.caused_at < other_end and other.caused_at < end


def table(played: Iterable[Played], scale: int) -> str:
    """All drills, and what the columns mean."""
    lines = [COLUMNS, *(one.line() for one in sorted(played, key=lambda one: one.drill.number))]
    return "\n".join(
        [
            *lines,
            "",
            f"raised: after the fault was caused, with each `for:` divided by {scale}, expressions untouched. by the rules: as they stand.",
            "ended: after it was mended. beside: what no page of a drill expects; `only after`: later than its own alert by the rules.",
        ]
    )
