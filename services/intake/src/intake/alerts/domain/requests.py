"""The request for the incident that alerts open. Pure."""

from intake.alerts.domain.alert_ticket import Opening
from intake.tickets.domain.new_ticket import TicketRequest, make_title


def incident_from(opening: Opening, *, is_storm: bool) -> TicketRequest:
    """The request for an incident: its priority is that of the worst of its alerts.

    What the monitor says is the description only where nobody knows whose alert it is, for triage: a
    customer reads the description, and what monitors say is for staff (see `details`).
    """
    alert, scope = opening.alert, opening.scope.ticket_scope
    title = make_title(alert.title, alert.dedup_key)
    if is_storm:
        title = make_title(f"Alert storm on {_whose(opening)}: {title} and others", "")
    return TicketRequest(
        "incident",
        title,
        "monitoring",
        opening.assessment,
        service=alert.service if opening.is_service_known and not is_storm else None,
        scope=scope,
        opened_at=opening.received_at,
        description=details(opening, is_storm=is_storm) if scope is None else None,
    )


def details(opening: Opening, *, is_storm: bool) -> str | None:
    """What the monitor says of the first alert, and how many others its post has."""
    parts = [opening.alert.description] if opening.alert.description else []
    if is_storm:
        parts.insert(
            0, "Very many alerts came at once. All that came from here on belong to this ticket."
        )
    if opening.more:
        parts.append(f"{opening.more} more alerts of the same post belong to this ticket.")
    return "\n\n".join(parts) or None


def _whose(opening: Opening) -> str:
    scope = opening.scope.ticket_scope
    if scope is None:
        return "unknown environments"
    return scope.environment.key if scope.environment else scope.customer
