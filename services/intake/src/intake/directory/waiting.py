"""What of the directory waits for a second person: contacts, roles, and who or what leaves (R1)."""

from typing import Final

from common.waiting import WaitingSource

SOURCES: Final = (
    WaitingSource(
        "confirm_contact",
        ("confirm_contact",),
        "directory:write",
        rows=(
            "contacts k JOIN customers c ON c.id = k.customer_id WHERE k.registered_by IS NOT NULL"
            " AND k.confirmed_by IS NULL AND NOT k.retired AND NOT k.erased"
        ),
        id="k.id",
        key="k.id",
        title="k.name",
        customer="c.key",
        since="k.registered_at",
        first="k.registered_by",
        not_by="ARRAY[k.registered_by]",
        href="'/v1/customers/' || c.key || '/contacts/' || k.id",
        why="{first} registered this contact or their address; another person must confirm them",
    ),
    WaitingSource(
        "confirm_customer_end",
        ("confirm_customer_end",),
        "directory:write",
        rows="customers c WHERE c.end_asked_by IS NOT NULL AND NOT c.retired",
        id="c.id",
        key="c.key",
        title="c.name",
        customer="c.key",
        since="c.end_asked_at",
        first="c.end_asked_by",
        not_by="ARRAY[c.end_asked_by]",
        href="'/v1/customers/' || c.key",
        why="{first} asked for the end of this customer; another person must confirm it",
    ),
    WaitingSource(
        "confirm_environment_end",
        ("confirm_environment_end",),
        "directory:write",
        rows=(
            "environments e JOIN customers c ON c.id = e.customer_id"
            " WHERE e.end_asked_by IS NOT NULL AND NOT e.retired"
        ),
        id="e.id",
        key="e.key",
        title="e.name",
        customer="c.key",
        since="e.end_asked_at",
        first="e.end_asked_by",
        not_by="ARRAY[e.end_asked_by]",
        href="'/v1/customers/' || c.key || '/environments/' || e.key",
        why="{first} asked for the end of this environment; another person must confirm it",
    ),
    WaitingSource(
        "confirm_person",
        ("confirm_person",),
        "directory:write",
        rows="people p WHERE p.pending_by IS NOT NULL",
        id="p.id",
        key="p.sub",
        title="p.name",
        since="p.pending_at",
        first="p.pending_by",
        not_by="ARRAY[p.pending_by]",
        href="'/v1/people/' || p.sub",
        why="{first} asked for other roles, or the end, of this person; another person must confirm it",
    ),
)
