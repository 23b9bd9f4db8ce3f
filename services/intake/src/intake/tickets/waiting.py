"""What of tickets waits: second eyes, hand-overs to acknowledge, fixes to check, the priority matrix."""

from typing import Final

from common.waiting import WaitingSource
from intake.tickets.domain.detection import CORRECTABLE
from intake.tickets.domain.second_eyes import PATIENCE

OPEN: Final = "('new', 'in_progress', 'on_hold', 'forwarded', 'reopened')"
"""The open states; as literals, so that the planner finds the partial indexes."""
CORRECTABLE_STATES: Final = str(tuple(sorted(CORRECTABLE)))
TICKETS: Final = "tickets t LEFT JOIN customers c ON c.id = t.customer_id"
KEY: Final = "'OPS-' || t.number"
HREF: Final = "'/v1/tickets/OPS-' || t.number"
_PATIENCE: Final = f"interval '{PATIENCE.total_seconds():.0f} seconds'"


def of_tickets(
    kind: str,
    operations: tuple[str, ...],
    permission: str,
    where: str,
    since: str,
    first: str,
    why: str,
    due_at: str = "NULL",
) -> WaitingSource:
    """A kind of second eyes on tickets; nobody gives them who is one person with `first`."""
    return WaitingSource(
        kind,
        operations,
        permission,
        rows=f"{TICKETS} WHERE {where}",
        id="t.id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since=since,
        due_at=due_at,
        first=first,
        not_by=f"ARRAY[{first}]",
        href=HREF,
        why=why,
    )


def _acknowledgement(role: str, people: str) -> WaitingSource:
    """Hand-overs that one role acknowledges: who is named, else everybody with the role."""
    return WaitingSource(
        "acknowledge_hand_over",
        ("acknowledge_hand_over",),
        "hand-overs:acknowledge",
        rows=(
            f"hand_overs h JOIN {TICKETS} ON t.id = h.ticket_id"
            f" WHERE h.acknowledge_by IS NOT NULL AND h.{role}_acknowledged_by IS NULL"
            " AND h.returned_at IS NULL AND h.ended_at IS NULL"
            f" AND (cardinality(h.{people}) > 0 OR '{role}' = ANY (:roles)) AND t.state IN {OPEN}"
        ),
        id="h.id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="h.at",
        due_at="h.acknowledge_by",
        first="h.by",
        only=f"CASE WHEN cardinality(h.{people}) > 0 THEN h.{people} END",
        href=HREF,
        why="{first} handed it over to others; you answer for it and have not acknowledged it",
    )


SOURCES: Final = (
    of_tickets(
        "verify",
        ("verify_ticket", "reject_resolution"),
        "tickets:verify",
        "t.state = 'resolved'",
        "t.resolved_at",
        "t.resolved_by",
        "{first} resolved it; another person must verify it",
        f"t.resolved_at + {_PATIENCE}",
    ),
    of_tickets(
        "confirm_priority",
        ("confirm_priority",),
        "tickets:work",
        "t.downgrade_requested_by IS NOT NULL",
        "t.downgrade_requested_at",
        "t.downgrade_requested_by",
        "{first} asked for a lower priority; another person must confirm it",
        f"t.downgrade_requested_at + {_PATIENCE}",
    ),
    of_tickets(
        "confirm_classification",
        ("confirm_classification",),
        "tickets:work",
        "t.reclassification_requested_by IS NOT NULL",
        "t.reclassification_requested_at",
        "t.reclassification_requested_by",
        "{first} asked for another kind or service; another person must confirm it",
        f"t.reclassification_requested_at + {_PATIENCE}",
    ),
    of_tickets(
        "confirm_blocker",
        ("confirm_ticket_blocker",),
        "tickets:work",
        "t.priority = 'blocker' AND t.blocker_confirmed_by IS NULL"
        f" AND t.environment_id IS NOT NULL AND t.state IN {OPEN}",
        "t.opened_at",
        "t.opened_by",
        "{first} says that it is a blocker; somebody else must confirm it",
        "t.opened_at",
    ),
    of_tickets(
        "confirm_unmerge",
        ("confirm_ticket_unmerge",),
        "tickets:work",
        "t.unmerge_requested_by IS NOT NULL",
        "t.unmerge_requested_at",
        "t.unmerge_requested_by",
        "{first} asked to separate it from the ticket that it was merged into; another person must confirm it",
        f"t.unmerge_requested_at + {_PATIENCE}",
    ),
    of_tickets(
        "confirm_detection",
        ("confirm_ticket_detection",),
        "tickets:work",
        f"t.detection_requested_by IS NOT NULL AND t.state IN {CORRECTABLE_STATES}",
        "t.detection_requested_at",
        "t.detection_requested_by",
        "{first} says that the customer did not find it first; another person must confirm it",
        f"t.detection_requested_at + {_PATIENCE}",
    ),
    _acknowledgement("dm", "delivery_managers"),
    _acknowledgement("po", "product_owners"),
    WaitingSource(
        "check_fix",
        ("check_hand_over_fix",),
        "tickets:work",
        rows=(
            f"hand_overs h JOIN {TICKETS} ON t.id = h.ticket_id"
            f" WHERE h.fixed AND h.fix_works IS NULL AND h.ended_at IS NULL AND t.state IN {OPEN}"
        ),
        id="h.id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="h.returned_at",
        first="h.returned_by",
        not_by="ARRAY[h.returned_by]",
        href=HREF,
        why="{first} took a fix back; another person must check that it works",
    ),
    WaitingSource(
        "confirm_priority_matrix",
        ("confirm_priority_matrix",),
        "priorities:configure",
        rows="priority_matrices m WHERE m.state = 'pending'",
        # One at most waits, whichever version it is.
        id="'matrix'",
        key="'version ' || m.version",
        title="m.reason",
        since="m.requested_at",
        first="m.requested_by",
        not_by="ARRAY[m.requested_by]",
        href="'/v1/priority-matrix'",
        why="{first} lowers priorities in the matrix; another person must confirm it",
    ),
)
