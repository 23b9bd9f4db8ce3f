"""What of accesses waits: to be decided, given, verified, said to be needed still, and taken away."""

from typing import Final

from common.waiting import WaitingSource
from intake.access_requests.domain import RECERTIFY_AFTER

_TODAY: Final = "(:at AT TIME ZONE 'UTC')::date"
_HAS_LEFT: Final = (
    "(EXISTS (SELECT FROM people p WHERE p.sub = a.person AND p.retired) OR EXISTS (SELECT FROM contacts k"
    " WHERE 'contact/' || k.id = a.person AND (k.retired OR k.erased)))"
)
_PRESENT: Final = (
    "a.granted_at IS NOT NULL AND a.removal_verified_at IS NULL AND a.removed_at IS NULL"
)
_OWED: Final = f"({_HAS_LEFT} OR a.until < {_TODAY} OR a.removal_asked_at IS NOT NULL)"
_CERTIFIED_UNTIL: Final = (
    "(coalesce(a.recertified_at, a.granted_at)"
    f" + interval '{RECERTIFY_AFTER.total_seconds():.0f} seconds')"
)
_LAST_DAY_ENDS: Final = "(a.until + 1)::timestamp AT TIME ZONE 'UTC'"


def _of_accesses(
    kind: str,
    operation: str,
    permission: str,
    where: str,
    since: str,
    why: str,
    first: str = "NULL",
    not_by: str = "NULL",
    due_at: str = "NULL",
) -> WaitingSource:
    return WaitingSource(
        kind,
        (operation,),
        permission,
        rows=(
            "access_requests a LEFT JOIN environments e ON e.key = a.environment"
            f" LEFT JOIN customers c ON c.id = e.customer_id WHERE {where}"
        ),
        id="a.id",
        key="a.key",
        title="a.level || ' on ' || a.resource || ' for ' || a.person",
        customer="c.key",
        since=since,
        due_at=due_at,
        first=first,
        not_by=not_by,
        href="'/v1/access-requests/' || a.key",
        why=why,
    )


SOURCES: Final = (
    _of_accesses(
        "decide_access",
        "decide_access",
        "access-requests:approve",
        "a.decision IS NULL",
        "a.requested_at",
        "{first} asked for this access; approve or decline it",
        first="a.requested_by",
        not_by="ARRAY[a.requested_by, a.person]",
    ),
    _of_accesses(
        "grant_access",
        "grant_access",
        "tickets:work",
        f"a.decision = 'approved' AND a.granted_at IS NULL AND a.until >= {_TODAY} AND NOT {_HAS_LEFT}",
        "a.decided_at",
        "{first} approved this access; give it",
        first="a.decided_by",
    ),
    _of_accesses(
        "verify_access_grant",
        "verify_access_grant",
        "tickets:verify",
        f"{_PRESENT} AND a.grant_verified_at IS NULL",
        "a.granted_at",
        "{first} gave this access; another person must verify that it is what was approved",
        first="a.granted_by",
        not_by="ARRAY[a.granted_by]",
    ),
    _of_accesses(
        "recertify_access",
        "recertify_access",
        "access-requests:approve",
        f"{_PRESENT} AND {_CERTIFIED_UNTIL} <= :at AND NOT {_OWED}",
        _CERTIFIED_UNTIL,
        "nobody has said for long that this access is needed; say so, or have it removed",
        not_by="ARRAY[a.person]",
    ),
    _of_accesses(
        "remove_access",
        "remove_access",
        "tickets:work",
        f"{_PRESENT} AND {_OWED}",
        f"coalesce(a.removal_asked_at, least({_LAST_DAY_ENDS}, :at))",
        "this access is to be removed: it was asked for, its last day is over, or its person has left",
        due_at=f"CASE WHEN a.until < {_TODAY} THEN {_LAST_DAY_ENDS} END",
    ),
    _of_accesses(
        "verify_access_removal",
        "verify_access_removal",
        "tickets:verify",
        "a.granted_at IS NOT NULL AND a.removal_verified_at IS NULL AND a.removed_at IS NOT NULL",
        "a.removed_at",
        "{first} removed this access; another person must verify that it is gone",
        first="a.removed_by",
        not_by="ARRAY[a.removed_by]",
    ),
)
