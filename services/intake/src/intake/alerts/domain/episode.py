"""An episode: one period in which an alert fires, from its start to its end. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from intake.alerts.domain.alert import Alert
from intake.tickets.domain.priority import Priority

FLAPPING_WINDOW: Final = timedelta(hours=1)
FLAPPING_STARTS: Final = 3
"""From so many starts in the window on an alert flaps."""
FLAPPING_QUIET: Final = timedelta(minutes=10)
"""How long an alert that flaps must be quiet before its end counts."""
MONITOR_QUIET: Final = timedelta(hours=2)
"""How long an alert must be quiet whose monitor never reports an end."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One period in which an alert fires.

    `monitor` is the `sub` that posted it, `source` the format and sender in which `dedup_key` means
    something, `scope` the name of its scope. `times` counts the posts that reported it as firing, the
    last at `last_seen_at`. `ended_at` is None while it lasts; `end_reported_at` is the end that
    counts once the alert has been quiet. `sequence` is the one of the last event about it.
    """

    id: UUID
    monitor: str
    source: str
    dedup_key: str
    group_key: str
    scope: str
    title: str
    severity: str | None
    priority: Priority
    service: str | None
    customer_id: UUID | None
    customer: str | None
    environment_id: UUID | None
    environment: str | None
    ticket_id: UUID | None
    started_at: datetime
    received_at: datetime
    last_seen_at: datetime
    needs_quiet: bool
    ended_at: datetime | None = None
    end_reported_at: datetime | None = None
    times: int = 1
    sequence: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it lasts."""
        return self.ended_at is None


def start_of(alert: Alert, received_at: datetime, previous: Episode | None) -> datetime:
    """The start of a new episode: not in the future, and not within the one before.

    Monitors send the same `startsAt` again, or none that can be read: then it starts when it is seen.
    """
    started_at = min(alert.started_at or received_at, received_at)
    last_end = previous.ended_at if previous else None
    return received_at if last_end and started_at <= last_end else started_at


def was_unseen(alert: Alert, previous: Episode | None) -> bool:
    """Whether the end of an alert tells of an episode whose start never came.

    Not where it can be a repetition. Grafana gives a resolved alert its end as `startsAt`.
    """
    if previous is None or previous.ended_at is None:
        return True
    if alert.started_at is None or alert.ended_at is None:
        return False
    return previous.ended_at < alert.started_at < alert.ended_at


def repeated(episode: Episode, at: datetime) -> Episode:
    """The episode after one more post that reports it as firing."""
    return replace(episode, times=episode.times + 1, last_seen_at=at, end_reported_at=None)


def with_end(episode: Episode, ended_at: datetime) -> Episode:
    """The episode with its end, not before its start, and the sequence of the event about it."""
    return replace(
        episode,
        ended_at=max(ended_at, episode.started_at),
        end_reported_at=None,
        sequence=episode.sequence + 1,
    )


def quiet_end(episode: Episode) -> datetime | None:
    """The end of an episode that has been quiet; None where quiet does not end it."""
    if episode.end_reported_at is not None:
        return episode.end_reported_at
    return episode.last_seen_at if episode.needs_quiet else None
