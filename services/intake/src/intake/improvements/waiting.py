"""What of owed monitoring improvements waits: a plan, the work of its owner, second eyes (R9)."""

from typing import Final

from common.waiting import WaitingSource


def _of_improvements(
    kind: str,
    operation: str,
    permission: str,
    where: str,
    since: str,
    why: str,
    first: str = "NULL",
    not_by: str = "NULL",
) -> WaitingSource:
    return WaitingSource(
        kind,
        (operation,),
        permission,
        rows=(
            "monitoring_improvements i JOIN tickets t ON t.id = i.ticket_id"
            " LEFT JOIN customers c ON c.id = t.customer_id"
            f" WHERE i.verified_by IS NULL AND {where}"
        ),
        id="i.id",
        key="i.key",
        title="coalesce(i.task, t.title)",
        customer="c.key",
        since=since,
        due_at="i.due_at",
        first=first,
        not_by=not_by,
        href="'/v1/monitoring-improvements/' || i.key",
        why=why,
    )


SOURCES: Final = (
    _of_improvements(
        "plan_improvement",
        "plan_monitoring_improvement",
        "tickets:work",
        "i.owner IS NULL",
        "i.owed_since",
        "better monitoring is owed; say who improves what, and by what it is verified",
    ),
    _of_improvements(
        "finish_improvement",
        "finish_monitoring_improvement",
        "tickets:verify",
        "i.owner = :account AND i.done_by IS NULL",
        "i.owed_since",
        "you own this improvement of the monitoring; do it, and name the evidence",
    ),
    _of_improvements(
        "verify_improvement",
        "verify_monitoring_improvement",
        "tickets:verify",
        "i.done_by IS NOT NULL",
        "i.done_at",
        "{first} says that it is done; another person must verify it by its criterion",
        first="i.done_by",
        not_by="ARRAY[i.done_by, i.owner]",
    ),
)
