"""What every other ticket system has in common: one interface, and the values that pass through it. Pure."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, Protocol
from uuid import UUID

from common.domain import Rejection
from intake.files.domain.upload import MAX_FILE_BYTES

SystemKind = Literal["servicenow", "jira", "zendesk"]
SyncedField = Literal["priority", "state"]
SYNCED: Final[tuple[SyncedField, ...]] = ("priority", "state")
Json = Mapping[str, Any]
OVER_STATES: Final = ("resolved", "verified", "closed")
MAX_FILES: Final = 20
"""Files that one webhook names at most."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How our words become theirs: data of each system.

    `priority` and `state` map our values to theirs; what is not in it is not sent. `constants` go with a
    new ticket (a project, a type). `transitions` map their state to the step that leads there (Jira).
    `max_file_bytes`: the largest file that goes there and comes from there; 0 where none does.
    """

    priority: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    transitions: Mapping[str, str] = field(default_factory=dict)
    max_file_bytes: int = MAX_FILE_BYTES

    def outgoing(self, priority: str, state: str) -> dict[str, str]:
        """Our two values in their words, as far as they have one."""
        found = {"priority": self.priority.get(priority), "state": self.state.get(state)}
        return {name: value for name, value in found.items() if value is not None}

    def over(self) -> frozenset[str]:
        """Their words for the states in which a ticket of ours is over."""
        return frozenset(self.state[one] for one in OVER_STATES if one in self.state)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a counterpart is made of. `reference` is our ticket's id, by which it is found again."""

    reference: UUID
    key: str
    title: str
    description: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PeerRequest:
    """A request to their API: the path below the base URL, and the JSON body.

    `carries`: the file that is sent is its body, as it is (`bytes`) or in a form's field (`form`).
    """

    method: Literal["GET", "POST", "PUT", "PATCH"]
    path: str
    body: Json | None = None
    carries: Literal["bytes", "form"] | None = None


Step = Callable[[Json], PeerRequest]
"""From the answer of the request before to the next one. Raises KeyError, IndexError, TypeError where that says nothing."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of ours, with a name that is safe in headers: `words` are the comment that carries it where a comment must; `size` in bytes."""

    name: str
    media_type: str
    size: int
    words: str


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on their side, by its id there. `is_public` is False where their customer may not see it."""

    id: str
    name: str
    media_type: str = ""
    author: str | None = None
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Their ticket: its id in their API, the key that people say, and where people see it."""

    id: str
    key: str
    path: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a webhook says of one of their tickets.

    `values` are theirs, of the fields that it names. `event` names the event once and for all, where it
    has a name. `is_public` is False for a comment among their staff, which is not ours to show. `files` were
    attached there.
    """

    ticket: str
    values: Mapping[str, str]
    comment: str | None = None
    author: str | None = None
    is_public: bool = True
    event: str | None = None
    files: tuple[RemoteFile, ...] = ()


class Peer(Protocol):
    """One kind of system: what to ask it, and how to read what it says."""

    def create(self, ticket: NewTicket, fields: FieldMap) -> PeerRequest:
        """The request that makes the counterpart."""

    def find(self, ticket: NewTicket) -> PeerRequest:
        """The request that looks for a counterpart that may have been made already."""

    def read_found(self, body: Json) -> Counterpart | None:
        """The counterpart that `find` found; None without one."""

    def read_created(self, body: Json) -> Counterpart:
        """The counterpart that `create` made. Raises KeyError, TypeError where the answer has none."""

    def comment(self, id: str, text: str) -> PeerRequest:
        """The request that adds a comment which their customer can see."""

    def comments(self, id: str) -> PeerRequest:
        """The request that lists comments, to look for one of ours."""

    def change(self, id: str, values: Mapping[str, str], fields: FieldMap) -> list[PeerRequest]:
        """The requests that set these values, in their words."""

    def attach(self, id: str, file: OutgoingFile) -> list[Step]:
        """The requests that attach a file, one after the other."""

    def files(self, id: str) -> PeerRequest:
        """The request that lists the files there, to look for one of ours."""

    def read_files(self, body: Json) -> Iterator[tuple[str, int]]:
        """Names and sizes of the files that `files` listed."""

    def locate(self, file: str) -> PeerRequest | None:
        """The request that says where a file's bytes are; None where its id is enough."""

    def address(self, file: str, located: Json) -> str:
        """Where the bytes are: a path below the base URL, or a whole address. Raises KeyError, TypeError."""

    def read_webhook(self, body: Json) -> Incoming | None:
        """What a webhook says; None where it is about nothing that is kept alike."""

    def check_signature(
        self, headers: Mapping[str, str], body: bytes, secret: str, at: datetime
    ) -> Rejection | None:
        """A rejection where the webhook is not signed with this secret; else None."""


UNSIGNED: Final = Rejection(
    "SIGNATURE", "Sign the webhook with the secret that the file of linked systems names."
)


def event_digest(body: bytes) -> str:
    """The name of an event that has none: the same bytes are the same event."""
    return hashlib.sha256(body).hexdigest()


def text_at(body: Any, *path: str) -> str | None:
    """The text or number at this path of a JSON value, as text; None where there is none."""
    for step in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(step)
    if isinstance(body, bool) or not isinstance(body, str | int):
        return None
    return str(body) or None


def first(body: Json, name: str) -> Json | None:
    """The first object of the list with this name; None without one."""
    found = body.get(name)
    one = found[0] if isinstance(found, list) and found else None
    return one if isinstance(one, Mapping) else None


def objects(found: Any) -> Iterator[Json]:
    """The objects of a JSON list; of what is none, nothing."""
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, Mapping))


def object_at(body: Any, *path: str) -> Json:
    """The object at this path of a JSON value; an empty one where there is none."""
    for step in path:
        body = body.get(step) if isinstance(body, Mapping) else None
    return body if isinstance(body, Mapping) else {}


def named_sizes(rows: Iterator[Json], name: str, size: str) -> Iterator[tuple[str, int]]:
    """The names and sizes of files, as far as each row has both."""
    for row in rows:
        known_name, known_size = text_at(row, name), text_at(row, size)
        if known_name is not None and known_size is not None and known_size.isdecimal():
            yield known_name, int(known_size)
