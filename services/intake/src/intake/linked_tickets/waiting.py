"""What of linked tickets waits: conflicts, in which a person says whose value holds."""

from typing import Final

from common.waiting import WaitingSource
from intake.tickets.waiting import KEY, TICKETS

SOURCES: Final = (
    WaitingSource(
        "decide_conflict",
        ("decide_conflict",),
        "tickets:work",
        rows=(
            "linked_conflicts d JOIN linked_tickets l ON l.id = d.link_id"
            f" JOIN {TICKETS} ON t.id = survivor_of(l.ticket_id)"
            " WHERE d.decision IS NULL AND l.state <> 'ended'"
        ),
        id="d.id",
        key=KEY,
        title="d.field || ' of ' || t.title",
        customer="c.key",
        since="d.detected_at",
        href="'/v1/tickets/OPS-' || t.number || '/linked-tickets'",
        why="here and in the linked system it has different values; say which holds there",
    ),
)
