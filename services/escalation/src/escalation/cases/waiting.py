"""What of cases waits: to be acknowledged by whoever was paged, and a blocker's second person (E5, E7)."""

from typing import Final

from common.waiting import WaitingSource

_HREF: Final = "'/v1/escalations/' || e.key"


def _of_blockers(kind: str, operation: str, entry: str, where: str, why: str) -> WaitingSource:
    """What one person has asked for on a blocker's case; `entry` is the kind of that timeline entry."""
    first = f"e.{operation}_requested_by"
    return WaitingSource(
        kind,
        (f"{operation}_escalation",),
        "escalations:work",
        rows=f"escalations e WHERE e.status <> 'resolved' AND {first} IS NOT NULL{where}",
        id="e.id",
        key="e.key",
        title="e.title",
        customer="e.customer",
        since=(
            "coalesce((SELECT max(l.at) FROM timeline l"
            f" WHERE l.escalation_id = e.id AND l.kind = '{entry}'), e.opened_at)"
        ),
        due_at="e.due_at",
        first=first,
        not_by=f"ARRAY[{first}]",
        href=_HREF,
        why=why,
    )


SOURCES: Final = (
    WaitingSource(
        "acknowledge_escalation",
        ("acknowledge_escalation",),
        "escalations:acknowledge",
        rows=(
            "escalations e WHERE e.status = 'open' AND :account <> ALL (e.acknowledged_by)"
            " AND EXISTS (SELECT FROM notifications n WHERE n.escalation_id = e.id"
            " AND n.person = :account AND n.purpose IN ('page', 'exhausted')"
            " AND (n.state = 'sent' OR n.attempts > 0))"
        ),
        id="e.id",
        key="e.key",
        title="e.title",
        customer="e.customer",
        since="e.opened_at",
        due_at="e.due_at",
        href=_HREF,
        why="you were notified and nobody has acknowledged it; when it is due, the next step fires",
    ),
    _of_blockers(
        "confirm_resolution",
        "resolve",
        "resolve_asked",
        "",
        "{first} asked to end this blocker's case; it ends once another person asks for the same",
    ),
    _of_blockers(
        "confirm_snooze",
        "snooze",
        "snooze_asked",
        " AND e.snooze_until > :at",
        "{first} asked to snooze this blocker's case; it is quiet once another person asks for the same",
    ),
)
