"""Read an export's bytes into tickets. Pure; runs confined, as its bytes are foreign (see `export_reader`)."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from intake.ticket_imports.domain import jira_export, servicenow_export, zendesk_export
from intake.ticket_imports.domain.imported import (
    MAX_COMMENTS,
    MAX_FILES,
    MAX_TEXT_CHARS,
    ImportedTicket,
    NotUnderstood,
    Reading,
    Source,
)
from intake.ticket_imports.domain.record import Record, plain, plain_names

MAX_TICKETS: Final = 5_000
MAX_FIELD_CHARS: Final = 1_000_000
_LISTS: Final = ("result", "records", "issues", "tickets")
_TO_TICKET: Final[Mapping[Source, Callable[[Record, Reading], ImportedTicket]]] = {
    "servicenow": servicenow_export.to_ticket,
    "jira": jira_export.to_ticket,
    "zendesk": zendesk_export.to_ticket,
}


class NotReadable(ValueError):
    """The file is no export that can be imported; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One record by its number in the file: its ticket, or why there is none."""

    number: int
    ticket: ImportedTicket | None
    problem: str | None = None


def read(data: bytes, source: Source, timezone: str) -> tuple[ReadRecord, ...]:
    """The records of an export, CSV or JSON. Raises NotReadable."""
    text = data.decode("utf-8-sig", "replace")
    is_json = text.lstrip()[:1] in {"{", "["}
    records = _json_records(text) if is_json else _csv_records(text)
    found = []
    for number, record in enumerate(records, 1):
        if number > MAX_TICKETS:
            raise NotReadable(
                f"it has more than {MAX_TICKETS} tickets; export and send it in parts"
            )
        found.append(_read_record(number, record, source, timezone))
    if not found:
        raise NotReadable("it has no tickets")
    return tuple(found)


def _read_record(number: int, record: Any, source: Source, timezone: str) -> ReadRecord:
    if not isinstance(record, dict):
        return ReadRecord(number, None, "it is no object")
    try:
        ticket = _TO_TICKET[source](record, Reading(ZoneInfo(timezone)))
        return ReadRecord(number, _bounded(ticket))
    except NotUnderstood as error:
        return ReadRecord(number, None, str(error))
    except Exception as error:  # noqa: BLE001 - a person looks at that record, the others are imported
        return ReadRecord(number, None, f"OpsDesk cannot read it, report it: {error!r}"[:300])


def _bounded(ticket: ImportedTicket) -> ImportedTicket:
    """The ticket with texts that can be stored; what is too long is cut, and that is said."""
    clean = replace(
        ticket,
        title=" ".join(_clean(ticket.title).split())[:200] or ticket.external_id,
        description=_clean(ticket.description)[:MAX_TEXT_CHARS],
        resolution=_clean(ticket.resolution)[:10_000],
        external_id=_clean(ticket.external_id)[:200],
        state_there=_clean(ticket.state_there)[:200],
        account=_clean(ticket.account)[:200],
        requester=_clean(ticket.requester)[:254],
        assignee=_clean(ticket.assignee)[:254],
        remarks=tuple(_clean(remark)[:500] for remark in ticket.remarks[:50]),
        comments=tuple(
            replace(one, text=_clean(one.text)[:MAX_TEXT_CHARS], author=_clean(one.author)[:200])
            for one in ticket.comments[:MAX_COMMENTS]
        ),
    )
    clean = replace(
        clean,
        files=tuple(
            replace(one, name=_clean(one.name)[:300], url=_clean(one.url)[:2_000])
            for one in ticket.files[:MAX_FILES]
        ),
    )
    is_cut = len(ticket.description) > MAX_TEXT_CHARS or len(ticket.comments) > MAX_COMMENTS
    is_cut = is_cut or len(ticket.files) > MAX_FILES
    if not is_cut:
        return clean
    return replace(clean, remarks=(*clean.remarks, "it is very long; its end was left out"))


def _clean(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff"))


def _csv_records(text: str) -> Iterator[dict[str, list[str]]]:
    """Each line by plain column name; a column may come several times (Jira's comments)."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        columns = [plain(column) for column in next(lines, [])]
        for values in lines:
            record: dict[str, list[str]] = {}
            for column, value in zip(columns, values, strict=False):
                if value.strip():
                    record.setdefault(column, []).append(value)
            if record:
                yield record
    except csv.Error as error:
        raise NotReadable(f"line {lines.line_num} is no CSV: {error}") from None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _json_records(text: str) -> Iterator[Any]:
    """The objects of an export: a list, one below a known name, or one a line."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _json_lines(text)
        return
    if isinstance(whole, dict):
        named = next((whole[name] for name in _LISTS if isinstance(whole.get(name), list)), [whole])
        yield from map(plain_names, _with_people(named, whole))
    else:
        yield from map(plain_names, whole)


def _with_people(records: list[Any], whole: dict[str, Any]) -> Iterator[Any]:
    """Zendesk's tickets with the people and organisations to which they refer by number, as far as these are there."""
    users, groups = _by_number(whole.get("users")), _by_number(whole.get("organizations"))
    for record in records:
        if not isinstance(record, dict):
            yield record
            continue
        named = {
            "requester": users.get(str(record.get("requester_id"))),
            "assignee": users.get(str(record.get("assignee_id"))),
            "organization": groups.get(str(record.get("organization_id"))),
        }
        yield {**record, **{name: value for name, value in named.items() if value}}


def _by_number(rows: Any) -> dict[str, Any]:
    found = [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    return {str(one["id"]): one for one in found if one.get("id") is not None}


def _json_lines(text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield plain_names(json.loads(line))
            except (ValueError, RecursionError):
                raise NotReadable(f"line {number} is no JSON") from None
