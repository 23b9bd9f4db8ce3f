"""What of deliveries waits: the approval of people who have not requested or approved it (G3)."""

from typing import Final

from common.waiting import WaitingSource

_CURRENT: Final = "(SELECT c.* FROM criteria c ORDER BY c.version DESC LIMIT 1)"
# Approvals count for exactly this, under the present criteria (G2).
_APPROVERS: Final = (
    "SELECT p.approved_by FROM approvals p WHERE p.delivery_id = d.id AND p.criteria_version = c.version"
    " AND p.digest = d.digest AND p.environment = d.environment AND p.attempt = d.attempt"
)
_NEEDED: Final = (
    "(coalesce(c.body -> 'requirements' -> d.tier,"
    " c.body -> 'requirements' -> (c.body ->> 'strictest_tier')) ->> 'approvals')::int"
)

SOURCES: Final = (
    WaitingSource(
        "approve_delivery",
        ("approve_delivery", "refuse_delivery"),
        "deliveries:review",
        rows=(
            f"deliveries d CROSS JOIN {_CURRENT} c"
            f" CROSS JOIN LATERAL (SELECT ARRAY({_APPROVERS}) AS accounts) a"
            " LEFT JOIN deadlines l ON l.kind = 'approval_timeout' AND l.subject = d.id"
            " WHERE d.state IN ('in_review', 'approved')"
            f" AND cardinality(a.accounts) < {_NEEDED}"
            " AND c.body -> 'approver_roles' ?| CAST(:roles AS text[])"
        ),
        id="d.id",
        key="d.key",
        title="d.product || ' ' || coalesce(d.version, d.digest) || ' to ' || d.environment",
        customer="d.customer",
        since="d.requested_at",
        due_at="l.due_at",
        first="d.requested_by",
        not_by="d.requested_by || a.accounts",
        href="'/v1/deliveries/' || d.key",
        why="{first} wants to deliver it; approve or refuse it. When it is due, the request expires",
    ),
)
