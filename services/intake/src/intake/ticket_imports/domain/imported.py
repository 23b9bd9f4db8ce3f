"""A ticket of another system, and what becomes of it here. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import Channel, Kind

Source = Literal["servicenow", "jira", "zendesk"]
SOURCES: Final[Mapping[Source, str]] = {
    "servicenow": "ServiceNow",
    "jira": "Jira",
    "zendesk": "Zendesk",
}
MAX_TEXT_CHARS: Final = 100_000
MAX_COMMENTS: Final = 500
MAX_FILES: Final = 200
MAX_TAGS: Final = 20
MAX_TAG_CHARS: Final = 40
"""Those of `common.http.fields`, which a rule knows nothing of; a test compares them."""
_NO_PART_OF_A_TAG: Final = re.compile(r"[^a-z0-9_-]+")
_FORMATS: Final = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d/%b/%y %I:%M %p",
    "%d/%b/%y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%Y-%m-%d",
)
"""How the systems write moments without an offset; first what their APIs and default exports use."""


class NotUnderstood(ValueError):
    """A record that cannot become a ticket; the message says what is missing, and what to do."""


@dataclass(frozen=True, slots=True)
class ImportedComment:
    """What somebody wrote there. `author` is an e-mail address, or a name where none is said."""

    author: str
    text: str
    at: datetime
    is_public: bool
    is_agent: bool


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that an export names and does not hold. `url` is where it lies there, which nobody fetches.

    `is_public`: the customer saw it there.
    """

    name: str
    url: str = ""
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class ImportedTicket:
    """A ticket as its export says, in our words.

    `account` is the customer's name there, `requester` and `assignee` are e-mail addresses or names.
    `remarks` say what of it was not understood.
    """

    external_id: str
    title: str
    description: str
    kind: Kind
    priority: Priority
    state_there: str
    is_open: bool
    opened_at: datetime
    ended_at: datetime | None
    account: str = ""
    requester: str = ""
    assignee: str = ""
    channel: Channel = "staff"
    resolution: str = ""
    comments: tuple[ImportedComment, ...] = ()
    files: tuple[ImportedFile, ...] = ()
    tags: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class Reading:
    """What is not understood while one record is read; `timezone` is that of moments without offset."""

    timezone: ZoneInfo
    remarks: list[str] = field(default_factory=list)

    def word(self, what: str, text: str, words: Mapping[str, Any], default: Any) -> Any:
        """The meaning of a word (in any case, `2 - High` by its number or its word); else the default."""
        plain = text.strip().lower()
        for candidate in (plain, plain.partition(" - ")[2], plain.partition(" - ")[0]):
            if candidate in words:
                return words[candidate]
        if plain:
            self.remarks.append(f"{what} {text!r} is not known, taken as {default}")
        return default

    def moment(self, what: str, text: str) -> datetime | None:
        """The moment in one of the systems' notations; None without one, or where none fits."""
        given = text.strip()
        if not given:
            return None
        try:
            found = datetime.fromisoformat(given)
        except ValueError:
            maybe = _by_formats(given)
            if maybe is None:
                self.remarks.append(f"{what} {text!r} is no moment")
                return None
            found = maybe
        aware = found if found.tzinfo else found.replace(tzinfo=self.timezone)
        return aware.astimezone(UTC)

    def tags(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words as our tags, sorted: in small letters, with `-` for what a tag cannot have."""
        found: set[str] = set()
        for word in filter(None, map(str.strip, words)):
            tag = _NO_PART_OF_A_TAG.sub("-", word.lower())[:MAX_TAG_CHARS].strip("-_")
            if tag:
                found.add(tag)
            if tag != word.lower():
                what = f"was taken as {tag}" if tag else "was left out"
                self.remarks.append(f"tag {word!r} {what}")
        if len(found) > MAX_TAGS:
            self.remarks.append(f"of {len(found)} tags the first {MAX_TAGS} were taken")
        return tuple(sorted(found)[:MAX_TAGS])

    def needed(self, what: str, value: Any) -> Any:
        """The value. Raises NotUnderstood without one."""
        if value in (None, ""):
            raise NotUnderstood(f"it has no {what}: export that column, too")
        return value


def _by_formats(text: str) -> datetime | None:
    for one in _FORMATS:
        try:
            return datetime.strptime(text, one)  # noqa: DTZ007 - its zone is added by the caller
        except ValueError:
            continue
    return None


def open_priority(priority: Priority) -> Priority:
    """The priority with which an open ticket comes in: a blocker pages people, which is for a person here."""
    return "critical" if priority == "blocker" else priority
