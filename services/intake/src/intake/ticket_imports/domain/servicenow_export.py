"""Records of ServiceNow's tables: CSV by labels or names, JSON of the Table API or the `JSONv2` export. Pure."""

import re
from typing import Final

from intake.ticket_imports.domain.imported import ImportedComment, ImportedTicket, Reading
from intake.ticket_imports.domain.named_files import files_of
from intake.ticket_imports.domain.record import Record, list_of, text_of
from intake.ticket_imports.domain.words import (
    CHANNELS,
    DEFAULT_KIND,
    DEFAULT_PRIORITY,
    IS_OPEN,
    KINDS,
    PRIORITIES,
)
from intake.tickets.domain.ticket import Kind

_KIND_OF_PREFIX: Final[dict[str, Kind]] = {
    "INC": "incident",
    "PRB": "problem",
    "RITM": "service_request",
    "REQ": "service_request",
    "SCTASK": "service_request",
}
_ENTRY: Final = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - (.{1,200}?) \((Work notes|Additional comments)\)$",
    re.MULTILINE,
)
"""The head of an entry of a journal field, as exports write it."""


def to_ticket(record: Record, reading: Reading) -> ImportedTicket:
    """The ticket of one record. Raises NotUnderstood."""
    number = reading.needed("number", text_of(record, "number"))
    opened_at = reading.moment(
        "opened", text_of(record, "opened_at", "opened", "sys_created_on", "created")
    )
    state = text_of(record, "state", "incident_state")
    prefix = re.match(r"[A-Z]*", number)
    kind = _KIND_OF_PREFIX.get(prefix[0] if prefix else "")
    return ImportedTicket(
        external_id=number,
        title=text_of(record, "short_description") or number,
        description=text_of(record, "description"),
        kind=kind
        or reading.word(
            "type", text_of(record, "sys_class_name", "task type"), KINDS, DEFAULT_KIND
        ),
        priority=reading.word(
            "priority", text_of(record, "priority"), PRIORITIES, DEFAULT_PRIORITY
        ),
        state_there=state,
        is_open=reading.word("state", state, IS_OPEN, False),
        opened_at=reading.needed("opened_at", opened_at),
        ended_at=reading.moment(
            "closed", text_of(record, "resolved_at", "resolved", "closed_at", "closed")
        ),
        account=text_of(record, "company", "account", "caller_id.company"),
        requester=text_of(
            record, "caller_id.email", "caller.email", "email", "caller_id", "caller", "opened_by"
        ),
        assignee=text_of(record, "assigned_to.email", "assigned_to"),
        channel=reading.word(
            "channel", text_of(record, "contact_type", "channel"), CHANNELS, "staff"
        ),
        resolution=text_of(record, "close_notes", "resolution_notes", "close_code"),
        comments=_comments(record, reading),
        files=tuple(files_of(list_of(record, "attachments"))),
        remarks=tuple(reading.remarks),
    )


def _comments(record: Record, reading: Reading) -> tuple[ImportedComment, ...]:
    journal, caller = (
        text_of(record, "comments_and_work_notes"),
        text_of(record, "caller_id", "caller"),
    )
    parts = [journal] if journal else [text_of(record, "comments"), text_of(record, "work_notes")]
    found = [comment for part in parts for comment in _entries(part, caller, reading)]
    return tuple(sorted(found, key=lambda one: one.at))


def _entries(journal: str, caller: str, reading: Reading) -> list[ImportedComment]:
    heads = list(_ENTRY.finditer(journal))
    if not heads:
        if journal:
            reading.remarks.append("comments without moment and author were left out")
        return []
    ends = [*(head.start() for head in heads[1:]), len(journal)]
    entries = []
    for head, end in zip(heads, ends, strict=True):
        at, is_public = reading.moment("comment", head[1]), head[3] == "Additional comments"
        text = journal[head.end() : end].strip()
        if at and text:
            entries.append(ImportedComment(head[2], text, at, is_public, head[2] != caller))
    return entries
