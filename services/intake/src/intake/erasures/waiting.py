"""What of erasures waits for a second person, once no ticket of the contact is open (R16)."""

from typing import Final

from common.waiting import WaitingSource
from intake.tickets.waiting import OPEN

SOURCES: Final = (
    WaitingSource(
        "confirm_erasure",
        ("confirm_contact_erasure",),
        "contacts:erase",
        rows=(
            "contact_erasures e JOIN contacts k ON k.id = e.contact_id"
            " JOIN customers c ON c.id = k.customer_id WHERE e.confirmed_by IS NULL"
            f" AND NOT EXISTS (SELECT FROM tickets t WHERE t.contact_id = k.id AND t.state IN {OPEN})"
        ),
        id="e.contact_id",
        key="e.contact_id",
        title="k.name",
        customer="c.key",
        since="e.requested_at",
        first="e.requested_by",
        not_by="ARRAY[e.requested_by]",
        href="'/v1/contacts/' || e.contact_id || '/erasure'",
        why="{first} asked to erase this contact; another person must confirm it",
    ),
)
