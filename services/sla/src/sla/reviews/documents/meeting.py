"""Action items and minutes as sections of a document. Pure."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sla.calendars.domain.month import parse_month
from sla.rendering import figures
from sla.rendering.document import Column, Section, Table
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import Minute


def actions_section(items: Sequence[ActionItem], month: str) -> Section:
    """Action items; `month` is that of the review, others are carried over from theirs."""
    columns = (
        Column("Action", weight=0.6),
        Column("What", weight=2.2),
        Column("Seen to be done when", weight=2),
        Column("Owner", weight=0.8),
        Column("Due", "date", 0.8),
        Column("State", weight=1.4),
        Column("From"),
    )
    rows = [
        (
            one.key,
            one.title,
            one.criterion,
            one.owner,
            one.due,
            _state(one),
            "this review" if str(one.month) == month else parse_month(str(one.month)).title,
        )
        for one in items
    ]
    return Section("Actions", tables=(Table(columns, rows, "Nothing is owed."),))


def _state(action: ActionItem) -> str:
    if action.state == "verified":
        return f"done, verified by {action.verified_by}"
    return f"done by {action.done_by}, to be verified" if action.state == "done" else "open"


def minutes_section(entries: Sequence[Minute], zone: ZoneInfo) -> Section:
    columns = (
        Column("When", weight=0.6),
        Column("By", weight=0.4),
        Column("What was said", weight=3),
    )
    rows = [(figures.format_instant(one.at, zone), one.by, one.text) for one in entries]
    return Section("Minutes", tables=(Table(columns, rows, "None were taken."),))
