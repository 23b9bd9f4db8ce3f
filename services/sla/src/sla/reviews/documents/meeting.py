"""Action items and minutes as sections of a document. Pure."""

from collections.abc import Sequence

from sla.rendering.document import Column, Section, Table
from sla.reviews.documents.review_words import Formats
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.domain.meeting import Minute


def actions_section(items: Sequence[ActionItem], month: str, formats: Formats) -> Section:
    """Action items; `month` is that of the review, others are carried over from theirs."""
    words = formats.words
    columns = (
        Column(words("action"), weight=0.7),
        Column(words("what"), weight=2),
        Column(words("done_when"), weight=1.9),
        Column(words("owner"), weight=0.9),
        Column(words("due"), "date", 0.9),
        Column(words("state"), weight=1.3),
        Column(words("agreed_in"), weight=0.9),
    )
    rows = [
        (
            one.key,
            one.title,
            one.criterion,
            formats.names.person(one.owner),
            one.due,
            _state(one, formats),
            _origin(one, month, formats),
        )
        for one in items
    ]
    return Section(words("actions"), tables=(Table(columns, rows, words("nothing_owed")),))


def _origin(action: ActionItem, month: str, formats: Formats) -> str:
    own = str(action.month)
    return formats.words("this_review") if own == month else formats.month_of(own)


def _state(action: ActionItem, formats: Formats) -> str:
    by = action.verified_by if action.state == "verified" else action.done_by
    return formats.words(f"action_{action.state}", name=formats.names.person(by))


def minutes_section(entries: Sequence[Minute], formats: Formats) -> Section:
    words = formats.words
    columns = (
        Column(words("when"), "instant", 0.7),
        Column(words("by"), weight=0.6),
        Column(words("text"), weight=3),
    )
    rows = [(one.at, formats.names.person(one.by), one.text) for one in entries]
    return Section(words("minutes"), tables=(Table(columns, rows, words("no_minutes")),))
