"""What of waivers waits: a decision, by another general manager than who asked (R2)."""

from typing import Final

from common.waiting import WaitingSource

_COVERS_UNTIL: Final = "least(w.expires_at, w.ends_at)"
# As `decide_by` says it: by the deadline of the clock, or by the first one within the period.
_FIRST_DEADLINE: Final = (
    "(SELECT min(r.deadline) FROM clocks r WHERE r.state = 'running' AND r.contract = 'sla'"
    " AND r.customer_id = w.customer_id AND r.deadline >= greatest(w.starts_at, :at)"
    f" AND r.deadline < {_COVERS_UNTIL} AND (w.service IS NULL OR EXISTS"
    " (SELECT FROM tickets s WHERE s.id = r.ticket_id AND s.service = w.service)))"
)
_DECIDE_BY: Final = (
    "CASE WHEN w.clock_id IS NOT NULL THEN CASE WHEN k.state = 'running' THEN k.deadline END"
    f" ELSE coalesce({_FIRST_DEADLINE},"
    f" CASE WHEN w.starts_at > :at THEN w.starts_at ELSE {_COVERS_UNTIL} END) END"
)

SOURCES: Final = (
    WaitingSource(
        "decide_waiver",
        ("approve_waiver", "refuse_waiver"),
        "waivers:approve",
        rows=(
            "waivers w LEFT JOIN clocks k ON k.id = w.clock_id LEFT JOIN tickets t ON t.id = k.ticket_id"
            " WHERE w.state = 'requested'"
        ),
        id="w.id",
        key="w.key",
        title=(
            "coalesce(k.metric || ' of ' || t.key || ': ' || t.title,"
            " 'Breaches about ' || coalesce(w.service, 'all services') || ': ' || w.reason)"
        ),
        customer="coalesce(w.customer, t.customer)",
        since="w.requested_at",
        due_at=_DECIDE_BY,
        first="w.requested_by",
        not_by="ARRAY[w.requested_by]",
        href="'/v1/waivers/' || w.key",
        why="{first} asks you to approve this before it happens; what is broken before you decide stays broken",
    ),
)
