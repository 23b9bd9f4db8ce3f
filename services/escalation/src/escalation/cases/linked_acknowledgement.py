"""Acknowledge a case by the link in a message: for its person, once (E5).

The link stands for the person to whom its message went. Whether they may still acknowledge is asked anew.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from common.audit import Entry, record
from common.auth.permissions import is_allowed
from common.auth.revocation import load_revocations
from common.domain import Actor, Rejection
from common.persistence.database import Connection, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain import lifecycle
from escalation.cases.domain.case import Case
from escalation.cases.domain.link_state import LinkState, find_link_state
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT
from escalation.notifications import store as notifications
from escalation.notifications.domain.ack_link import VALID_FOR
from escalation.notifications.store import LinkedMessage

PERMISSION: Final = "escalations:acknowledge"
"""What the route of the API asks for; so does a link."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose link it is, and in which zone they read times."""

    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has acknowledged the case last, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A link with its case. `acknowledged` is the last acknowledgement that counts for its reader.

    `is_done`: this very request has acknowledged.
    """

    state: LinkState
    case: Case
    reader: Reader
    valid_until: datetime
    used_at: datetime | None
    acknowledged: Acknowledgement | None
    is_done: bool = False


async def read_link(tx: Connection, message_id: UUID) -> LinkedCase | None:
    """What the link in this message is good for at this moment; None where there is no such message. Changes nothing."""
    message = await notifications.find_paging(tx, message_id)
    case = await cases.get(tx, str(message.escalation_id)) if message else None
    if message is None or case is None:
        return None
    return await _linked(tx, message, case, await transaction_time(tx))


async def acknowledge_by_link(tx: Connection, message_id: UUID) -> LinkedCase | None:
    """Acknowledge the case of this message for its person, where the link is good for it.

    What it answers otherwise is what `read_link` does. The audit trail names the message.
    """
    message = await notifications.find_paging(tx, message_id)
    case = await cases.lock(tx, str(message.escalation_id)) if message else None
    # Read again after the lock: the same link may have been used while it was waited for.
    message = await notifications.find_paging(tx, message_id)
    if message is None or case is None:
        return None
    at = await transaction_time(tx)
    linked = await _linked(tx, message, case, at)
    if linked.state != "open":
        return linked
    outcome = lifecycle.acknowledge(case.state, case.policy, message.person, at)
    assert not isinstance(outcome, Rejection), (
        "only a resolved case refuses, and that is no open link"
    )
    after = await apply_outcome(tx, case, outcome)
    await notifications.mark_link_used(tx, message.id, at)
    grounds = {"was": case.state.status, "is": after.state.status, "by_link": message.id}
    actor, subject = Actor(message.person), f"escalation/{case.id}"
    await record(tx, Entry.by(actor, at, "escalation.acknowledge", subject, grounds))
    by = Acknowledgement(linked.reader.name, at)
    return replace(linked, case=after, state="acknowledged", acknowledged=by, is_done=True)


async def _linked(tx: Connection, message: LinkedMessage, case: Case, at: datetime) -> LinkedCase:
    people = await directory.load_people(tx, {message.person})
    person = people.get(message.person, people[FALLBACK_CONTACT])
    valid_until = message.send_at + VALID_FOR
    state = find_link_state(
        case.state,
        case.policy,
        message.person,
        may_acknowledge=await _may_acknowledge(tx, message),
        used_at=message.link_used_at,
        valid_until=valid_until,
        at=at,
    )
    by = await _last_acknowledgement(tx, case, message.person)
    reader = Reader(person.name or message.person, ZoneInfo(person.zone))
    return LinkedCase(state, case, reader, valid_until, message.link_used_at, by)


async def _may_acknowledge(tx: Connection, message: LinkedMessage) -> bool:
    """Whether its person still holds the permission, and nothing that they had was revoked since it was sent.

    Revoked is what somebody holds whose mail is in foreign hands. What is not known to be sent counts as sent
    before.
    """
    roles = await directory.find_roles(tx, message.person)
    revoked_until = (await load_revocations(tx)).people.get(message.person)
    if revoked_until is not None:
        sent_at = message.settled_at
        if sent_at is None or sent_at.timestamp() <= revoked_until:
            return False
    return is_allowed(roles, frozenset(), PERMISSION)


async def _last_acknowledgement(tx: Connection, case: Case, person: str) -> Acknowledgement | None:
    """The last one of anybody; where each acknowledges for themselves, of this person."""
    own_only = case.policy.acknowledge == "each"
    found = [
        (entry.by, entry.at)
        for entry in await cases.list_entries(tx, case.id)
        if entry.kind == "acknowledged" and entry.by and (not own_only or entry.by == person)
    ]
    if not found:
        return None
    account, at = found[-1]
    names = await directory.names_of_accounts(tx, {account})
    return Acknowledgement(names.get(account) or account, at)
