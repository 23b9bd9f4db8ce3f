"""What of people waits for a second person: how somebody else is notified (R1, E13)."""

from typing import Final

from common.waiting import WaitingSource

SOURCES: Final = (
    WaitingSource(
        "confirm_settings",
        ("update_notification_settings",),
        "oncall:write",
        rows="personal_settings s JOIN people p ON p.sub = s.sub WHERE s.pending_by IS NOT NULL",
        id="s.sub",
        key="s.sub",
        title="'how ' || p.name || ' is notified'",
        since="s.pending_at",
        first="s.pending_by",
        not_by="ARRAY[s.pending_by]",
        href="'/v1/people/' || s.sub || '/notification-settings'",
        why="{first} asked for it; it holds once another person asks for the same",
    ),
)
