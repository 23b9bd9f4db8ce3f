"""What of calendars waits: later versions that a second person publishes (A6)."""

from typing import Final

from common.waiting import WaitingSource

SOURCES: Final = (
    WaitingSource(
        "publish_calendar",
        ("publish_calendar",),
        "calendars:write",
        rows="calendars c WHERE c.state = 'proposed'",
        id="c.id",
        key="c.key",
        title="c.key || ', version ' || c.version",
        customer="NULL",
        since="c.created_at",
        due_at="c.effective_from",
        first="c.created_by",
        not_by="ARRAY[c.created_by]",
        href="'/v1/calendars/' || c.id",
        why="{first} proposed this version of the calendar; another person must publish it before anybody follows it",
    ),
)
