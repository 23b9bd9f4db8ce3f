"""What of follow-ups waits: the work, of whoever it is, and the second person's word on it (G5)."""

from typing import Final

from common.waiting import WaitingSource
from delivery_gate.follow_ups.owners import OWNERS

_HREF: Final = "'/v1/follow-ups/' || f.key"
_ROWS: Final = (
    "follow_ups f JOIN environments e ON e.id = f.environment_id"
    " LEFT JOIN deliveries d ON d.id = f.delivery_id"
    " LEFT JOIN emergency_changes c ON c.id = f.emergency_id"
)

SOURCES: Final = (
    WaitingSource(
        "close_follow_up",
        ("close_follow_up",),
        "follow-ups:work",
        rows=f"{_ROWS} WHERE f.state = 'open'",
        id="f.id",
        key="f.key",
        title="f.task",
        customer="e.customer",
        since="f.opened_at",
        due_at="f.due_at",
        # A drift was asked for by nobody: its investigation is everybody's, until it is assigned.
        only=f"CASE WHEN num_nonnulls(f.owner, f.delivery_id, f.emergency_id) > 0 THEN {OWNERS} END",
        href=_HREF,
        why="what you asked for was refused, or something runs that nobody can explain: do this work and name the evidence",
    ),
    WaitingSource(
        "confirm_follow_up",
        ("confirm_follow_up", "reject_follow_up"),
        "follow-ups:confirm",
        rows=f"{_ROWS} WHERE f.state = 'closed'",
        id="f.id",
        key="f.key",
        title="f.task",
        customer="e.customer",
        since="f.closed_at",
        first="f.closed_by",
        not_by="ARRAY[f.closed_by]",
        href=_HREF,
        why="{first} says that it is done; another person must confirm or reject the evidence",
    ),
)
