"""What of agreements waits: a signature of either side, publication, the second word on an end."""

from typing import Final

from common.waiting import Audience, WaitingSource

_VERSIONS: Final = (
    "agreement_versions v JOIN agreements a ON a.id = v.agreement_id"
    " LEFT JOIN customers c ON c.id = a.customer_id"
)

_AUTHOR_HAS_LEFT: Final = "EXISTS (SELECT FROM people p WHERE p.sub = v.drafted_by AND p.retired)"
"""Then whoever writes agreements sees to it."""


def _of_versions(
    kind: str,
    operation: str,
    permission: str,
    where: str,
    since: str,
    not_by: str,
    why: str,
    audience: Audience = "staff",
) -> WaitingSource:
    return WaitingSource(
        kind,
        (operation,),
        permission,
        rows=f"{_VERSIONS} WHERE {where}",
        id="v.id",
        key="a.key",
        title="a.key || ', version ' || v.version",
        customer="c.key",
        since=since,
        due_at="v.valid_from",
        first="v.drafted_by" if audience == "staff" else "NULL",
        not_by=not_by,
        href="'/v1/agreements/' || v.id",
        why=why,
        audience=audience,
    )


SOURCES: Final = (
    _of_versions(
        "approve_agreement",
        "approve_agreement",
        "agreements:sign",
        # Where the customer signs, we do so once.
        "v.state = 'proposed' AND (v.approved_by IS NULL"
        " OR (NOT v.customer_signs AND v.countersigned_by IS NULL))",
        "coalesce(v.approved_at, v.drafted_at)",
        "ARRAY[v.approved_by, v.countersigned_by]",
        "the version that {first} drafted is proposed; approve it for our side, or say what is wrong",
    ),
    _of_versions(
        "approve_agreement",
        "approve_agreement",
        "agreements:sign",
        "v.state = 'proposed' AND v.countersigned_by IS NULL",
        "coalesce(v.approved_at, v.drafted_at)",
        "ARRAY[v.approved_by]",
        "this version is proposed to you; approve it, or say in a comment what is wrong",
        audience="contacts",
    ),
    _of_versions(
        "publish_agreement",
        "publish_agreement",
        "agreements:write",
        "v.state = 'agreed'",
        "greatest(v.approved_at, v.countersigned_at)",
        "ARRAY[v.drafted_by]",
        "both sides have approved what {first} drafted; another person must publish it",
    ),
    WaitingSource(
        "change_declined_agreement",
        ("redraft_agreement", "withdraw_agreement"),
        "agreements:write",
        rows=f"{_VERSIONS} WHERE v.declined_at IS NOT NULL AND a.ended_at IS NULL",
        id="v.id",
        key="a.key",
        title="a.key || ', version ' || v.version",
        customer="c.key",
        since="v.declined_at",
        due_at="v.valid_from",
        only=f"CASE WHEN {_AUTHOR_HAS_LEFT} THEN NULL ELSE ARRAY[v.drafted_by] END",
        href="'/v1/agreements/' || v.id",
        why="this version was declined, and its comments say why; change it and propose it again, or withdraw it",
    ),
    WaitingSource(
        "confirm_termination",
        ("confirm_termination",),
        "agreements:write",
        rows=(
            "agreements a LEFT JOIN customers c ON c.id = a.customer_id"
            " WHERE a.termination_requested_by IS NOT NULL AND a.ended_at IS NULL"
        ),
        id="a.id",
        key="a.key",
        title="a.key",
        customer="c.key",
        since="a.termination_requested_at",
        first="a.termination_requested_by",
        not_by="ARRAY[a.termination_requested_by]",
        href="'/v1/agreements/' || a.key",
        why="{first} asked to end this agreement, and with it its open clocks; another person must confirm it",
    ),
)
