"""What is known of alerts before they are decided about, and what becomes of them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from intake.alerts.domain.alert import Alert
from intake.alerts.domain.alert_ticket import AlertTicket
from intake.alerts.domain.episode import Episode
from intake.alerts.domain.scope import UNNAMED, AlertScope

Effect = Literal["raised", "worsened", "duplicate", "acknowledged", "flapping", "resolved"]
Change = Literal["raised", "worsened", "resolved"]
Key = tuple[str, str]
"""A source, and the dedup key or group key in it."""
GroupKey = tuple[str, str]
"""A group, and the name of a scope."""

STORM_GROUPS: Final = 15
"""From so many groups in a minute on, further ones share a ticket per customer and environment."""


@dataclass(slots=True)
class Known:
    """What is stored of the alerts of a post.

    The newest episode of each alert, with how often it started within the last hour; the ticket of
    each group and scope; of a storm by the scope's storm name; and the groups of the last minute.
    """

    episodes: dict[Key, Episode] = field(default_factory=dict)
    starts: dict[Key, int] = field(default_factory=dict)
    tickets: dict[UUID, AlertTicket] = field(default_factory=dict)
    groups: dict[GroupKey, AlertTicket] = field(default_factory=dict)
    storms: dict[str, AlertTicket] = field(default_factory=dict)
    recent_groups: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The effect of one alert, and its ticket."""

    dedup_key: str
    effect: Effect
    ticket: AlertTicket | None


def group_of(source: str, alert: Alert) -> str:
    """The name of an alert's group among those of all sources."""
    return f"{source}/{alert.group_key}"


def share_scopes(
    scopes: Iterable[tuple[str, AlertScope]], stored: Iterable[GroupKey]
) -> Mapping[str, str]:
    """The only scope that each group names, by group: that of its alerts without such labels.

    `scopes` are the groups and scopes of the post, `stored` those with an open ticket.
    """
    names: dict[str, set[str]] = {}
    for group, name in [*((group, scope.name) for group, scope in scopes), *stored]:
        if name != UNNAMED:
            names.setdefault(group, set()).add(name)
    return {group: next(iter(found)) for group, found in names.items() if len(found) == 1}
