"""What of notices waits: proposed ones, to be sent or dismissed; to dismiss one takes two people (R1)."""

from typing import Final

from common.waiting import WaitingSource


def _proposed(
    kind: str, operation: str, where: str, since: str, why: str, first: str = "NULL"
) -> WaitingSource:
    """Proposed notices; `first` has asked to dismiss them."""
    return WaitingSource(
        kind,
        (operation,),
        "notices:send",
        rows=f"notices n JOIN customers c ON c.id = n.customer_id WHERE n.state = 'proposed' AND {where}",
        id="n.id",
        key="n.key",
        title="n.kind || ' ' || n.source_key || coalesce(' on ' || n.environment, '')",
        customer="c.key",
        since=since,
        # An outage lasts: its customers are told at once.
        due_at="CASE WHEN n.kind = 'outage' THEN n.at END",
        href="'/v1/notices/' || n.key",
        why=why,
        first=first,
        not_by="NULL" if first == "NULL" else f"ARRAY[{first}]",
    )


SOURCES: Final = (
    _proposed(
        "send_notice",
        "send_notice",
        "n.dismissal_asked_by IS NULL",
        "n.at",
        "this notice to the customer is proposed; send it or dismiss it",
    ),
    _proposed(
        "confirm_dismissal",
        "dismiss_notice",
        "n.dismissal_asked_by IS NOT NULL",
        "n.dismissal_asked_at",
        "{first} wants the customer not to be told; dismiss it as well, or send it",
        "n.dismissal_asked_by",
    ),
)
