"""From an episode of an alert to its event."""

from datetime import datetime

from common.events.alerts import AlertEvent, AlertResolved
from intake.alerts.domain.episode import Episode


def to_event(
    event: type[AlertEvent], episode: Episode, ticket: str | None, at: datetime
) -> AlertEvent:
    """The event of this type about the episode; `ticket` is the key of its ticket."""
    more = {"ended_at": episode.ended_at} if event is AlertResolved else {}
    return event.model_validate(
        {
            "at": at,
            "alert_id": episode.id,
            "ticket_id": episode.ticket_id,
            "ticket": ticket,
            "monitor": episode.monitor,
            "dedup_key": episode.dedup_key,
            "customer_id": episode.customer_id,
            "customer": episode.customer,
            "environment_id": episode.environment_id,
            "environment": episode.environment,
            "service": episode.service,
            "severity": episode.severity,
            "priority": episode.priority if episode.severity else None,
            "started_at": episode.started_at,
            **more,
        }
    )
