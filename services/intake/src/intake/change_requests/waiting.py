"""What of change requests waits: estimate, the customer's decision, booking, second eyes, the end."""

from typing import Final

from common.waiting import Audience, WaitingSource
from intake.tickets.waiting import KEY, OPEN, TICKETS

_CHANGES: Final = (
    f"{TICKETS} LEFT JOIN change_requests r ON r.ticket_id = t.id WHERE t.kind = 'change_request'"
    " AND t.state NOT IN ('closed', 'merged')"
)

_CAME_BACK: Final = "coalesce(t.reopened_at, '-infinity')"
"""What happened before then does not count any more."""


def _of_changes(
    kind: str,
    operation: str,
    permission: str,
    where: str,
    since: str,
    why: str,
    first: str = "NULL",
    not_by: str = "NULL",
    audience: Audience = "staff",
) -> WaitingSource:
    return WaitingSource(
        kind,
        (operation,),
        permission,
        rows=f"{_CHANGES} AND {where}",
        id="t.id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since=since,
        first=first,
        not_by=not_by,
        href="'/v1/change-requests/OPS-' || t.number",
        why=why,
        audience=audience,
    )


SOURCES: Final = (
    _of_changes(
        "estimate_change",
        "estimate_change",
        "change-requests:plan",
        f"t.state IN {OPEN} AND r.estimate_minutes IS NULL AND r.no_environment_by IS NULL",
        "t.opened_at",
        "nobody has estimated this change yet",
    ),
    _of_changes(
        "decide_change",
        "decide_change",
        "change-requests:decide",
        f"t.state IN {OPEN} AND r.estimate_minutes IS NOT NULL AND r.decision IS NULL",
        "r.estimated_at",
        "this change is estimated; approve or decline it",
        not_by="ARRAY[r.estimated_by]",
        audience="contacts",
    ),
    _of_changes(
        "book_change",
        "book_change",
        "change-requests:plan",
        f"t.state IN {OPEN} AND r.decision = 'approved' AND r.booked_at IS NULL"
        f" AND coalesce(r.delivered_at, '-infinity') <= {_CAME_BACK}",
        "r.decided_at",
        "the customer has approved this change; book it on reserved hours or a sprint",
    ),
    _of_changes(
        "confirm_no_environment",
        "confirm_no_environment",
        "tickets:verify",
        f"r.no_environment_at > {_CAME_BACK} AND r.no_environment_confirmed_by IS NULL",
        "r.no_environment_at",
        "{first} says that this change touches no environment; another person must confirm it",
        first="r.no_environment_by",
        not_by="ARRAY[r.no_environment_by]",
    ),
    _of_changes(
        "close_change",
        "close_ticket",
        "tickets:work",
        f"t.state = 'verified' AND (r.delivered_at > {_CAME_BACK}"
        f" OR r.no_environment_confirmed_at > {_CAME_BACK})",
        "t.verified_at",
        "this change is done and verified; close it",
    ),
)
