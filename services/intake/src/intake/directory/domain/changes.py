"""Changes of the directory that take two people (R1). Pure.

The roles in `LEADING` are paged when promises break, and nobody else is: giving and taking them, and the
end of a person, could keep a breach from those who must hear of it. A contact counts for who
registered them until another person has confirmed that they are somebody else.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from common.domain import Rejection
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, PendingChange, Person

T = TypeVar("T", Customer, Environment, Partner, Person)

LEADING: Final = frozenset({"gm", "tom"})
"""Roles that one person alone neither gives nor takes."""


def with_roles(person: Person, roles: tuple[str, ...], actor: str, at: datetime) -> Person:
    """The person with these roles: at once, as far as they are not leading ones.

    What is left waits for a second person, since something of this person first did. Asking for the
    present roles withdraws what waits.
    """
    at_once = tuple(
        role for role in dict.fromkeys((*roles, *person.roles)) if _holds(role, person, roles)
    )
    waits = set(roles) != set(at_once)
    pending = _pending(person, roles, actor, at, ends=person.retired) if waits else None
    return replace(person, roles=at_once, pending=pending)


def _holds(role: str, person: Person, roles: tuple[str, ...]) -> bool:
    return role in (person.roles if role in LEADING else roles)


def request_end(person: Person, actor: str, at: datetime) -> Person | Rejection:
    """Ask for the end of a person: pages no longer reach them once another person confirms it.

    It takes the place of another change that waits, and waits since that one did.
    """
    if person.retired:
        return Rejection("ALREADY_ENDED", f"{person.sub} has left already.")
    return replace(person, pending=_pending(person, person.roles, actor, at, ends=True))


def _pending(
    person: Person, roles: tuple[str, ...], actor: str, at: datetime, *, ends: bool
) -> PendingChange:
    first = person.pending.requested_at if person.pending else at
    return PendingChange(roles, ends, actor, first)


def confirm_change(person: Person, actor: str) -> Person | Rejection:
    """Apply the change that waits, on the word of a second person."""
    pending = person.pending
    if pending is None:
        return Rejection("NOTHING_PENDING", f"Nothing about {person.sub} waits for a confirmation.")
    if actor == pending.requested_by:
        return Rejection(
            "FOUR_EYES",
            f"{actor} asked for this change of {person.sub}; another person must confirm it.",
        )
    return replace(
        person,
        roles=pending.roles,
        retired=pending.ends,
        pending=None,
        changed_by=pending.requested_by,
        confirmed_by=actor,
    )


def confirm_contact(contact: Contact, actor: str) -> Contact | Rejection:
    """Confirm that a contact is somebody else than who registered them, as a second person."""
    if contact.counts_for is None:
        return Rejection("NOTHING_PENDING", "This contact is confirmed already.")
    if actor == contact.registered_by:
        return Rejection(
            "FOUR_EYES", f"{actor} registered this contact; another person must confirm them."
        )
    return replace(contact, confirmed_by=actor)


def end_contact(contact: Contact) -> Contact | Rejection:
    """End a contact: their mails go to triage from now on, and nobody speaks for them."""
    if contact.retired:
        return Rejection("ALREADY_ENDED", "This contact was ended already.")
    return replace(contact, retired=True)


def end_partner(partner: Partner) -> Partner | Rejection:
    """End a partner: no ticket is forwarded to them any more."""
    if partner.retired:
        return Rejection("ALREADY_ENDED", f"{partner.key} was ended already.")
    return replace(partner, retired=True)


def with_changes(record: T, changes: Mapping[str, Any]) -> T:
    """The record with these fields set; what may be changed is for the caller to know."""
    return replace(record, **changes)


def changed_fields(before: object, after: object) -> tuple[str, ...]:
    """The names of the fields that differ: what the audit trail says, without anybody's data."""
    return tuple(
        field.name
        for field in fields(before)  # type: ignore[arg-type]  # records are dataclasses
        if getattr(before, field.name) != getattr(after, field.name)
    )


def change_contact(
    contact: Contact,
    changes: Mapping[str, Any],
    numbers: tuple[str, ...],
    actor: str,
    at: datetime,
) -> Contact:
    """The contact with these changes and phone numbers (R1).

    Whoever sets an address could read mails and speak as this contact: so they count for that person,
    until another one confirms them.
    """
    after = replace(contact, **changes, numbers=numbers)
    others = tuple(one for one in dict.fromkeys(after.other_addresses) if one != after.address)
    after = replace(after, other_addresses=others)
    if {after.address, *others} <= {contact.address, *contact.other_addresses}:
        return after
    return replace(after, registered_by=actor, registered_at=at, confirmed_by=None)
