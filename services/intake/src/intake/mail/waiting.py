"""What of mails waits: those held back as a machine's, which may be a person's after all (I2)."""

from typing import Final

from common.waiting import WaitingSource

SOURCES: Final = (
    WaitingSource(
        "handle_mail",
        ("open_ticket_for_email", "set_email_aside"),
        "tickets:work",
        # Reports on mails of ours are read by machines, and stand on their tickets.
        rows=(
            "mails m WHERE m.outcome = 'ignored' AND m.ticket_id IS NULL AND m.set_aside_by IS NULL"
            " AND m.raw_deleted_at IS NULL AND m.next_step IS NULL"
            " AND m.reason NOT IN ('delivery report', 'our own mail came back')"
        ),
        id="m.id",
        key="m.id",
        title="coalesce(m.subject, '(without a subject)')",
        since="m.received_at",
        first="coalesce(m.sender_name, m.sender, 'somebody unknown')",
        href="'/v1/emails/' || m.id",
        why="a mail of {first} was held back as a machine's; open a ticket for it, or set it aside",
    ),
)
