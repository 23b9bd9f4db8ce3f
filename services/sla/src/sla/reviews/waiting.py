"""What of reviews waits: publication, actions of their owners, and the second word on these (R14)."""

from typing import Final

from common.waiting import WaitingSource

_ACTIONS: Final = "action_items a JOIN customers c ON c.id = a.customer_id"
_ENDS: Final = "(a.due + 1)::timestamp AT TIME ZONE c.timezone"


def _of_actions(
    kind: str, operations: tuple[str, ...], permission: str, where: str, since: str, why: str
) -> WaitingSource:
    is_done = kind == "verify_action"
    return WaitingSource(
        kind,
        operations,
        permission,
        rows=f"{_ACTIONS} WHERE {where}",
        id="a.id",
        key="a.key",
        title="a.title",
        customer="c.key",
        since=since,
        due_at=_ENDS,
        first="a.done_by" if is_done else "a.agreed_by",
        not_by="ARRAY[a.owner, a.done_by]" if is_done else "NULL",
        href="'/v1/review-actions/' || a.key",
        why=why,
    )


SOURCES: Final = (
    WaitingSource(
        "publish_review",
        ("publish_review",),
        "reviews:write",
        # Unless it was published as it is.
        rows=(
            "reviews r JOIN customers c ON c.id = r.customer_id WHERE NOT EXISTS"
            " (SELECT FROM review_editions e WHERE e.review_id = r.id AND e.edition = r.edition"
            " AND e.generated_at = r.generated_at)"
        ),
        id="r.id",
        key="r.key",
        title="'Review of ' || r.month || ' for ' || c.name",
        customer="c.key",
        since="r.generated_at",
        first="r.generated_by",
        not_by="ARRAY[r.generated_by]",
        href="'/v1/reviews/' || r.key",
        why="{first} generated this draft; another person must look at it and publish it",
    ),
    _of_actions(
        "finish_action",
        ("finish_action",),
        "actions:work",
        "a.owner = :account AND a.state = 'open'",
        "a.agreed_at",
        "you own this action of a review; do it, and name the evidence",
    ),
    _of_actions(
        "verify_action",
        ("verify_action", "send_back_action"),
        "actions:verify",
        "a.state = 'done'",
        "a.done_at",
        "{first} says that it is done; another person must look at the evidence",
    ),
)
