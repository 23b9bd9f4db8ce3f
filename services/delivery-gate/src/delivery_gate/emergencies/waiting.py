"""What of emergency changes waits: authorization, the change itself, and the debt that it leaves (G8)."""

from typing import Final

from common.waiting import WaitingSource

_HREF: Final = "'/v1/emergency-changes/' || c.key"

SOURCES: Final = (
    WaitingSource(
        "authorize_emergency_change",
        ("authorize_emergency_change",),
        "emergencies:authorize",
        rows="emergency_changes c WHERE c.state = 'requested'",
        id="c.id",
        key="c.key",
        title="c.description",
        customer="c.customer",
        since="c.requested_at",
        # A Blocker is open: it is urgent at once.
        due_at="c.requested_at",
        first="c.requested_by",
        not_by="ARRAY[c.requested_by]",
        href=_HREF,
        why="{first} asks for an unversioned change that ends a Blocker; another person must authorize it",
    ),
    WaitingSource(
        "apply_emergency_change",
        ("apply_emergency_change", "revoke_emergency_change"),
        "emergencies:work",
        rows="emergency_changes c WHERE c.state = 'authorized'",
        id="c.id",
        key="c.key",
        title="c.description",
        customer="c.customer",
        since="c.authorized_at",
        due_at="c.authorized_at",
        first="c.authorized_by",
        only="ARRAY[c.requested_by]",
        href=_HREF,
        why="{first} has authorized your change: make it and record that, or revoke it",
    ),
    WaitingSource(
        "settle_debt",
        ("submit_delivery",),
        "emergencies:work",
        rows="environments e JOIN emergency_changes c ON c.id = e.debt_change_id",
        id="e.id",
        key="c.key",
        title="'a version for ' || e.key || ' that contains ' || c.key",
        customer="e.customer",
        since="e.debt_since",
        due_at="e.debt_due_at",
        only="ARRAY[c.requested_by, c.applied_by]",
        href="'/v1/environments/' || e.key",
        why="your change is in no version: see to it that one which contains it is delivered",
    ),
)
