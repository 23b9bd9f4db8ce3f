"""Issues of Jira Service Management: CSV with all fields, JSON of the search. Pure."""

from typing import Any

from intake.ticket_imports.domain.imported import ImportedComment, ImportedTicket, Reading
from intake.ticket_imports.domain.named_files import files_of
from intake.ticket_imports.domain.record import (
    Record,
    as_text,
    document_text,
    list_of,
    text_of,
    words_of,
)
from intake.ticket_imports.domain.words import (
    DEFAULT_KIND,
    DEFAULT_PRIORITY,
    IS_OPEN,
    KINDS,
    PRIORITIES,
)


def to_ticket(record: Record, reading: Reading) -> ImportedTicket:
    """The ticket of one issue. Raises NotUnderstood."""
    key = reading.needed("issue key", text_of(record, "issue key", "key"))
    fields: Record = record["fields"] if isinstance(record.get("fields"), dict) else record
    created = reading.moment("created", text_of(fields, "created"))
    status = text_of(fields, "status")
    return ImportedTicket(
        external_id=key,
        title=text_of(fields, "summary") or key,
        description=document_text(_one(fields.get("description"))),
        kind=reading.word("issue type", text_of(fields, "issue type"), KINDS, DEFAULT_KIND),
        priority=reading.word(
            "priority", text_of(fields, "priority"), PRIORITIES, DEFAULT_PRIORITY
        ),
        state_there=status,
        is_open=_is_open(fields, status, reading),
        opened_at=reading.needed("created", created),
        ended_at=reading.moment("resolved", text_of(fields, "resolutiondate", "resolved")),
        account=text_of(
            fields, "custom field (Organizations)", "organizations", "custom field (Customer)"
        ),
        requester=text_of(fields, "reporter.emailAddress", "reporter"),
        assignee=text_of(fields, "assignee.emailAddress", "assignee"),
        channel="portal",
        resolution=text_of(fields, "resolution"),
        comments=_comments(fields, reading),
        files=tuple(files_of(list_of(fields, "attachment"))),
        tags=reading.tags(words_of(fields, "labels")),
        remarks=tuple(reading.remarks),
    )


def _is_open(fields: Record, status: str, reading: Reading) -> bool:
    """By the category of the status, which every project has, else by its word."""
    category = text_of(fields, "status.statusCategory.key", "status category").lower()
    if category:
        return category != "done"
    return bool(reading.word("status", status, IS_OPEN, False))


def _comments(fields: Record, reading: Reading) -> tuple[ImportedComment, ...]:
    nested = fields.get("comment")
    entries = nested.get("comments", []) if isinstance(nested, dict) else list_of(fields, "comment")
    found = [_comment(entry, reading) for entry in entries if entry]
    return tuple(sorted((one for one in found if one), key=lambda one: one.at))


def _comment(entry: Any, reading: Reading) -> ImportedComment | None:
    """An object of the API, or `created;author;text` as CSV has it. There all are taken as internal."""
    if isinstance(entry, dict):
        at, author = reading.moment("comment", text_of(entry, "created")), text_of(entry, "author")
        text, is_public = document_text(entry.get("body")), bool(entry.get("jsdpublic"))
    else:
        parts = str(entry).split(";", 2)
        if len(parts) != 3:
            reading.remarks.append("a comment without moment and author was left out")
            return None
        at, author, text, is_public = reading.moment("comment", parts[0]), parts[1], parts[2], False
    if at is None or not text.strip():
        return None
    return ImportedComment(author, text.strip(), at, is_public, not is_public)


def _one(value: Any) -> Any:
    return as_text(value) if isinstance(value, list) else value
