"""When the general manager is reminded of an undecided request for a waiver (R2, R3). Pure."""

from datetime import datetime, timedelta

from sla.waivers.domain.waiver import Waiver

REMINDER_SHARES = (0.5, 0.75)
"""Shares of the time from the request to the deadline at which a reminder is sent."""
LAST_REMINDER_LEAD_TIME = timedelta(minutes=15)
"""The last reminder is this long before the deadline, unless that is before the last share."""


def reminder_times(requested_at: datetime, deadline: datetime) -> list[datetime]:
    """Return the instants of the reminders, in order; empty where no time was left."""
    left = deadline - requested_at
    if left <= timedelta(0):
        return []
    shares = [requested_at + left * share for share in REMINDER_SHARES]
    last_reminder = deadline - LAST_REMINDER_LEAD_TIME
    return [*shares, last_reminder] if last_reminder > shares[-1] else shares


def next_at(waiver: Waiver, deadline: datetime | None) -> datetime | None:
    """Return the instant of the next reminder, else of the waiver's end; None when it is over.

    `deadline`: by when it must be decided; None where nothing can breach at present.
    """
    if waiver.state not in ("requested", "approved"):
        return None
    ahead = [at for at in _open_reminders(waiver, deadline) if at < waiver.covers_until]
    return min(ahead, default=waiver.covers_until)


def is_due(waiver: Waiver, deadline: datetime | None, at: datetime) -> bool:
    """Return whether to send a reminder now: one, however many were missed."""
    return any(one <= at for one in _open_reminders(waiver, deadline))


def _open_reminders(waiver: Waiver, deadline: datetime | None) -> list[datetime]:
    if waiver.state != "requested" or deadline is None:
        return []
    last = waiver.reminded_at or waiver.requested_at
    return [at for at in reminder_times(waiver.requested_at, deadline) if at > last]
