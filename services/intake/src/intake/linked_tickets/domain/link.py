"""A link between a ticket and its counterpart: what goes out, what comes in, what is in conflict. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from intake.linked_tickets.domain.peer import (
    OVER_STATES,
    SYNCED,
    FieldMap,
    Incoming,
    SyncedField,
    SystemKind,
)
from intake.tickets.domain.ticket import Ticket

Party = Literal["customer", "partner"]
LinkState = Literal["creating", "linked", "failed", "ended"]
SendKind = Literal["create", "comment", "fields", "file", "fetch"]
SendState = Literal["waiting", "sent", "failed", "cancelled"]
Decision = Literal["ours", "theirs"]
MAX_HOLD: Final = timedelta(minutes=10)
FIRST_HOLD: Final = timedelta(seconds=5)
AUTHOR_PREFIX: Final = "link/"
MAX_COMPARED_CHARS: Final = 200
MARKER_CHARS: Final = len("[OpsDesk ]") + 36
_FILE_MARK: Final = re.compile(r"\s*(?:!.*!|\[\^.*\])\s*")
_MARKER: Final = re.compile(r"\[OpsDesk ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")


@dataclass(frozen=True, slots=True)
class LinkedSystem:
    """A system of a customer or a partner. Its account stands in a file, by its key, and nowhere else.

    `webhook_client` is the `sub` of the machine that may post its webhooks. `customer_id` is set where it
    is a customer's: then it gets tickets of that customer alone. `held_until` and what follows say that
    it does not answer.
    """

    id: UUID
    key: str
    kind: SystemKind
    party: Party
    base_url: str
    webhook_client: str
    fields: FieldMap
    customer_id: UUID | None
    created_by: str
    created_at: datetime
    retired: bool = False
    failures: int = 0
    held_since: datetime | None = None
    problem: str | None = None

    @property
    def author(self) -> str:
        """Who wrote what comes from there. What this author wrote never goes back."""
        return f"{AUTHOR_PREFIX}{self.key}"


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """One link. `known` is what their side has, in their words, as far as we sent or heard it.

    While its ticket is merged, it works for the one into which that was: so nothing needs to be given back
    when they are separated. `earlier_tickets` are those on which it was before it went on.
    """

    id: UUID
    ticket_id: UUID
    system_id: UUID
    state: LinkState
    known: Mapping[str, str]
    created_by: str
    created_at: datetime
    remote_id: str | None = None
    remote_key: str | None = None
    remote_path: str | None = None
    earlier_tickets: Sequence[UUID] = field(default_factory=list)

    @property
    def tickets(self) -> list[UUID]:
        """All tickets of which it is or was."""
        return [*self.earlier_tickets, self.ticket_id]

    def on(self, ticket: UUID) -> "LinkedTicket":
        """The same link, of another ticket from now on."""
        return replace(self, ticket_id=ticket, earlier_tickets=self.tickets)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed a field before either heard of the other: a person decides which holds."""

    id: UUID
    link_id: UUID
    field: SyncedField
    ours: str
    theirs: str
    detected_at: datetime
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None


def hold_length(failures: int) -> timedelta:
    """How long a system that did not answer is left alone after the n-th time in a row (from 1)."""
    return min(FIRST_HOLD * (1 << max(0, min(failures - 1, 20))), MAX_HOLD)


def check_system(system: LinkedSystem, ticket: Ticket) -> Rejection | None:
    """A rejection where this ticket must not go to this system, else None."""
    if system.retired:
        return Rejection("SYSTEM_RETIRED", f"{system.key} is retired: choose another system.")
    if system.customer_id is not None and system.customer_id != ticket.customer_id:
        return Rejection(
            "OTHER_CUSTOMER", f"{system.key} is another customer's: it must not see {ticket.key}."
        )
    if ticket.state == "merged":
        return Rejection("MERGED", f"{ticket.key} was merged: link the ticket that stays open.")
    return None


def unsent(
    link: LinkedTicket, fields: FieldMap, ticket: Ticket, in_conflict: frozenset[str]
) -> dict[str, str]:
    """What their side does not have yet; fields in conflict wait for a person."""
    ours = fields.outgoing(ticket.priority, ticket.state)
    return {
        name: value
        for name, value in ours.items()
        if link.known.get(name) != value and name not in in_conflict
    }


@dataclass(frozen=True, slots=True)
class Received:
    """What a webhook changes: the new `known`, what staff is told, and fields that are in conflict.

    `is_reopened`: among these is the state of a ticket that was over on both sides, and is open there again.
    """

    known: dict[str, str]
    changes: dict[str, tuple[str | None, str]]
    conflicts: dict[SyncedField, tuple[str, str]]
    is_reopened: bool = False


def receive(
    link: LinkedTicket,
    fields: FieldMap,
    over: frozenset[str],
    ticket: Ticket,
    incoming: Incoming,
    waits: bool,
) -> Received:
    """Compare what they say with what we know. `waits`: a change of ours has not been sent yet.

    Our ticket never changes by it: people decide what their change means, since a state takes two, and what we
    sent ourselves may come back late. `over` are their states of a ticket that is over, beside those of the map:
    one that is open there again while ours is over is in conflict, so that it waits for a person.
    """
    ours = fields.outgoing(ticket.priority, ticket.state)
    known = dict(link.known)
    changes: dict[str, tuple[str | None, str]] = {}
    conflicts: dict[SyncedField, tuple[str, str]] = {}
    for name in SYNCED:
        theirs = incoming.values.get(name)
        if theirs is None or theirs == known.get(name):
            continue
        changed_here = waits and name in ours and ours[name] != known.get(name)
        if changed_here and ours[name] != theirs:
            conflicts[name] = (ours[name], theirs)
        changes[name] = (known.get(name), theirs)
        known[name] = theirs
    is_reopened = ticket.state in OVER_STATES and _leaves(
        over | fields.over(), changes.get("state")
    )
    if is_reopened:
        before, after = changes["state"]
        conflicts["state"] = (ours.get("state") or before or "", after)
    return Received(known, changes, conflicts, is_reopened)


def _leaves(over: frozenset[str], change: tuple[str | None, str] | None) -> bool:
    """Whether a change of their state leads from one that is over to one that is not."""
    return change is not None and change[0] in over and change[1] not in over


def comment_text(text: str, author: str, marker: str) -> str:
    """A message of ours as a comment there, with the line by which we know it again."""
    return f"{text.rstrip()}\n\n{author}\n{marker}"


def marker_of(message: UUID) -> str:
    """The line by which a comment is known as ours, also when its answer was lost."""
    return f"[OpsDesk {message}]"


def marked_message(comment: str) -> UUID | None:
    """The message of ours that a comment says it is, or quotes; None where it names none."""
    found = _MARKER.findall(comment)
    return UUID(found[-1]) if found else None


def is_copy(comment: str, text: str) -> bool:
    """Whether a comment is this message of ours that comes back: it begins with its words and ends in its marker.

    Somebody who answers quotes the message, marker and all, above or below words of their own. What the
    other system does to blanks and punctuation does not count.
    """
    is_last = _MARKER.search(comment.rstrip()[-MARKER_CHARS:]) is not None
    return is_last and _letters(comment).startswith(_letters(text)[:MAX_COMPARED_CHARS])


def is_file_copy(comment: str, name: str) -> bool:
    """Whether a comment is the one that carried this file of ours: nothing but a mark of the file is behind it.

    Jira marks it as `!picture.png|thumbnail!` or `[^file.log]`.
    """
    own = list(_MARKER.finditer(comment))
    if not own or not _letters(comment[: own[-1].start()]).startswith(_letters(name)):
        return False
    return all(
        _FILE_MARK.fullmatch(one) for one in comment[own[-1].end() :].split("\n") if one.strip()
    )


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
