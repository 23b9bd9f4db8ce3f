"""Which alerts and tickets count as an outage: an ordered list, the first that holds decides. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sla.outages.domain.state_timeline import Effect

Source = Literal["monitoring", "ticket"]


@dataclass(frozen=True, slots=True)
class Signal:
    """What was seen. `level` is the alert's severity in lower case, or the ticket's priority;
    `name` the alert's deduplication key, or the ticket's."""

    source: Source
    level: str
    monitor: str | None
    environment: str | None
    tier: str | None
    service: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Every condition that is given must hold; `name_prefix` is how the signal's name begins.
    `effect` None: it is no outage."""

    effect: Effect | None
    source: Source | None = None
    levels: tuple[str, ...] = ()
    monitors: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    name_prefix: str = ""

    def matches(self, signal: Signal) -> bool:
        criteria = (
            (self.levels, signal.level),
            (self.monitors, signal.monitor),
            (self.environments, signal.environment),
            (self.tiers, signal.tier),
            (self.services, signal.service),
        )
        return (
            self.source in (None, signal.source)
            and all(not wanted or found in wanted for wanted, found in criteria)
            and signal.name.startswith(self.name_prefix)
        )


DEFAULT_RULES = (
    Rule("down", "monitoring", levels=("blocker", "critical", "page")),
    Rule("down", "ticket", levels=("blocker",)),
)
"""What holds until somebody writes other rules: what pages is down, a warning is not."""


def effect_of(rules: Iterable[Rule], signal: Signal) -> Effect | None:
    """What a signal means; None: no outage. No rule that holds: none, either."""
    return next((rule.effect for rule in rules if rule.matches(signal)), None)
