"""What of customers' escalations waits: an answer, of whoever has taken it or of anybody."""

from typing import Final

from common.waiting import WaitingSource
from intake.tickets.waiting import HREF, KEY, TICKETS

SOURCES: Final = (
    WaitingSource(
        "answer_escalation",
        ("take_ticket_escalation", "answer_ticket_escalation"),
        "tickets:verify",
        rows=f"customer_escalations e JOIN {TICKETS} ON t.id = e.ticket_id WHERE e.answered_at IS NULL",
        id="e.id",
        key=KEY,
        title="t.title",
        customer="c.key",
        since="e.escalated_at",
        due_at="e.due_at",
        first="e.escalated_by",
        only="CASE WHEN e.owner IS NOT NULL THEN ARRAY[e.owner] END",
        href=HREF,
        why="{first} has escalated it for the customer, who is promised an answer by name",
    ),
)
