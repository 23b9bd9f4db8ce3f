"""What of notices waits: proposed ones, to be sent or dismissed."""

from typing import Final

from common.waiting import WaitingSource

SOURCES: Final = (
    WaitingSource(
        "send_notice",
        ("send_notice", "dismiss_notice"),
        "notices:send",
        rows="notices n JOIN customers c ON c.id = n.customer_id WHERE n.state = 'proposed'",
        id="n.id",
        key="n.key",
        title="n.kind || ' ' || n.source_key || coalesce(' on ' || n.environment, '')",
        customer="c.key",
        since="n.at",
        # An outage lasts: its customers are told at once.
        due_at="CASE WHEN n.kind = 'outage' THEN n.at END",
        href="'/v1/notices/' || n.key",
        why="this notice to the customer is proposed; send it or dismiss it",
    ),
)
