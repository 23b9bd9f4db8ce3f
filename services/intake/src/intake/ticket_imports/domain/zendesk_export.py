"""Tickets of Zendesk: the JSON export (a ticket a line, or `tickets` with `users`), and CSV of a view. Pure."""

from collections.abc import Iterator
from typing import Any

from intake.ticket_imports.domain.imported import (
    ImportedComment,
    ImportedFile,
    ImportedTicket,
    Reading,
)
from intake.ticket_imports.domain.named_files import files_of
from intake.ticket_imports.domain.record import Record, list_of, text_of, words_of
from intake.ticket_imports.domain.words import (
    CHANNELS,
    DEFAULT_KIND,
    DEFAULT_PRIORITY,
    IS_OPEN,
    KINDS,
    PRIORITIES,
)


def to_ticket(record: Record, reading: Reading) -> ImportedTicket:
    """The ticket of one record. Raises NotUnderstood."""
    number = reading.needed("id", text_of(record, "id", "ticket id"))
    created = reading.moment("created", text_of(record, "created_at", "created", "requested"))
    status = text_of(record, "status", "ticket status")
    requester = text_of(record, "requester.email", "requester email", "requester", "requester_id")
    return ImportedTicket(
        external_id=number,
        title=text_of(record, "subject", "raw_subject") or f"Zendesk {number}",
        description=text_of(record, "description"),
        kind=reading.word("type", text_of(record, "type", "ticket type"), KINDS, DEFAULT_KIND),
        priority=reading.word(
            "priority", text_of(record, "priority"), PRIORITIES, DEFAULT_PRIORITY
        ),
        state_there=status,
        is_open=reading.word("status", status, IS_OPEN, False),
        opened_at=reading.needed("created_at", created),
        ended_at=reading.moment(
            "solved", text_of(record, "metric_set.solved_at", "solved at", "solved")
        ),
        account=text_of(record, "organization.name", "organization", "ticket organization name"),
        requester=requester,
        assignee=text_of(record, "assignee.email", "assignee"),
        channel=reading.word("channel", text_of(record, "via.channel", "via"), CHANNELS, "staff"),
        comments=_comments(record, requester, reading),
        files=tuple(_files(record)),
        tags=reading.tags(words_of(record, "tags")),
        remarks=tuple(reading.remarks),
    )


def _comments(record: Record, requester: str, reading: Reading) -> tuple[ImportedComment, ...]:
    """All but the first one that only repeats the description."""
    found = [_comment(entry, requester, reading) for entry in list_of(record, "comments")]
    comments = sorted((one for one in found if one), key=lambda one: one.at)
    if comments and comments[0].text == text_of(record, "description"):
        comments = comments[1:]
    return tuple(comments)


def _files(record: Record) -> Iterator[ImportedFile]:
    for entry in list_of(record, "comments"):
        if isinstance(entry, dict):
            is_public = bool(entry.get("public"))
            yield from files_of(list_of(entry, "attachments"), is_public=is_public)


def _comment(entry: Any, requester: str, reading: Reading) -> ImportedComment | None:
    if not isinstance(entry, dict):
        return None
    at = reading.moment("comment", text_of(entry, "created_at"))
    text = text_of(entry, "plain_body", "body")
    author = text_of(entry, "author.email", "author", "author_id")
    if at is None or not text:
        return None
    return ImportedComment(author, text, at, bool(entry.get("public")), author != requester)
