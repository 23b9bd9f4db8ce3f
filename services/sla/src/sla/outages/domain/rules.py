"""Which alerts and tickets count as an outage: the first rule that matches decides. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sla.outages.domain.state_timeline import Effect

Source = Literal["monitoring", "ticket"]


@dataclass(frozen=True, slots=True)
class Signal:
    """An alert or a ticket. `level`: the severity in lower case, or the priority.

    `name`: the deduplication key of the alert, or the key of the ticket. `priority`: what the severity
    of an alert means; a rule may name either.
    """

    source: Source
    level: str
    monitor: str | None
    environment: str | None
    tier: str | None
    service: str | None
    name: str
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; every condition that is given must match. `effect` None: it is not an outage."""

    effect: Effect | None
    source: Source | None = None
    levels: tuple[str, ...] = ()
    monitors: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    name_prefix: str = ""

    def matches(self, signal: Signal) -> bool:
        """Return whether all conditions of the rule match the signal."""
        is_level = not self.levels or not {signal.level, signal.priority}.isdisjoint(self.levels)
        criteria = (
            (self.monitors, signal.monitor),
            (self.environments, signal.environment),
            (self.tiers, signal.tier),
            (self.services, signal.service),
        )
        return (
            self.source in (None, signal.source)
            and is_level
            and all(not allowed or actual in allowed for allowed, actual in criteria)
            and signal.name.startswith(self.name_prefix)
        )


DEFAULT_RULES = (
    Rule("down", "monitoring", levels=("blocker", "critical", "page")),
    Rule("down", "ticket", levels=("blocker",)),
)
"""The rules until others are stored: alerts that page, and blocker tickets, are outages."""


_BLOCKERS = tuple(
    Signal(source, "blocker", None, None, "production", None, "", "blocker")
    for source in ("monitoring", "ticket")
)
"""Blockers of no environment, service or monitor in particular, as either source reports them."""


def silence_everything(rules: Iterable[Rule]) -> bool:
    """Return whether nothing would be an outage any more, whatever is reported.

    Rules behind one that always matches are never reached.
    """
    for rule in rules:
        if rule.effect is not None:
            return False
        if rule == Rule(None):
            return True
    return True


def forget_blockers(before: Iterable[Rule], after: Iterable[Rule]) -> bool:
    """Return whether a blocker in production that is an outage by `before` would be none by `after`."""
    former, later = tuple(before), tuple(after)
    return any(
        effect_of(former, one) is not None and effect_of(later, one) is None for one in _BLOCKERS
    )


def effect_of(rules: Iterable[Rule], signal: Signal) -> Effect | None:
    """Return the effect of a signal by the first matching rule; None: it is not an outage."""
    return next((rule.effect for rule in rules if rule.matches(signal)), None)
