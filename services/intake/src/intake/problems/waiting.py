"""What of problems waits: fixes to verify, and fixes that the product owner takes into the backlog."""

from typing import Final

from common.waiting import WaitingSource
from intake.tickets.waiting import KEY, TICKETS

_FIXES: Final = (
    f"problems p JOIN {TICKETS} ON t.id = p.ticket_id JOIN tickets f ON f.id = p.change_request_id"
    " LEFT JOIN change_requests r ON r.ticket_id = f.id WHERE p.state = 'fix_requested'"
)
_HREF: Final = "'/v1/problems/OPS-' || t.number"

SOURCES: Final = (
    WaitingSource(
        "verify_fix",
        ("verify_problem_fix",),
        "tickets:verify",
        # Nothing can be looked at before somebody says that it is made.
        rows=(
            f"{_FIXES} AND (r.delivery IS NOT NULL OR f.state IN ('resolved', 'verified', 'closed'))"
        ),
        # On staging and in production it waits each for itself.
        id="p.ticket_id || CASE WHEN p.staging_verified_at IS NULL THEN '' ELSE '/production' END",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="coalesce(p.staging_verified_at, f.resolved_at, p.fix_at)",
        first="p.fix_by",
        not_by="ARRAY[p.fix_by, f.resolved_by]",
        href=_HREF,
        why="the fix that {first} asked for is there; another person must verify it, on staging first",
    ),
    WaitingSource(
        "confirm_giving_up",
        ("confirm_problem_given_up",),
        "tickets:verify",
        rows=(
            f"problems p JOIN {TICKETS} ON t.id = p.ticket_id"
            " WHERE p.given_up_at > coalesce(t.reopened_at, '-infinity')"
            " AND p.given_up_confirmed_at IS NULL AND p.state <> 'fixed'"
            " AND t.state NOT IN ('closed', 'merged')"
        ),
        id="p.ticket_id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="p.given_up_at",
        first="p.given_up_by",
        not_by="ARRAY[p.given_up_by]",
        href=_HREF,
        why="{first} says that this problem will not be fixed; another person must confirm it",
    ),
    WaitingSource(
        "record_backlog_item",
        ("record_backlog_item",),
        "backlog:work",
        rows=f"{_FIXES} AND p.backlog_reference IS NULL",
        id="p.ticket_id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="p.fix_at",
        first="p.fix_by",
        href=_HREF,
        why="{first} asked for a fix, which is not in the backlog yet",
    ),
)
