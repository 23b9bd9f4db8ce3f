"""The life of a version: proposed, commented, approved by both sides, published (A5, R4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden
from common.events.agreements import (
    AgreementAgreed,
    AgreementApproved,
    AgreementEvent,
    AgreementProposed,
    AgreementRevised,
    AgreementSuperseded,
    AgreementWithdrawn,
)
from common.http import if_match, problem_response, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements import coverage as covering
from sla.agreements.dependencies import locked, seen, shown
from sla.agreements.domain import lifecycle as rules
from sla.agreements.domain.lifecycle import Denied, Life, Person
from sla.agreements.domain.validity import Overlap
from sla.agreements.draft_validation import ended_by
from sla.agreements.events import facts, published_event, tell
from sla.agreements.schemas.responses import AgreementTold
from sla.agreements.store import agreements
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.schemas import Name, id_or_key

routes = router("/v1/agreements", tags=["agreements"])

REFUSED: dict[Denied, str] = {
    "SELF_APPROVAL": "Somebody else than the author publishes it.",
    "ALREADY_COUNTED": "One person counts once. Somebody else approves for the other side.",
    "CUSTOMER_SIGNS": "This side has approved; the other side's approval is still to come.",
    "NOT_YOURS": "Only our own people do this.",
    "NOT_THE_PARTY": "A contact of the customer with whom it is made approves of it.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step in a version's life: the rule that allows it, and its name in the trail."""

    action: str
    move: Callable[[Life, Person, datetime], Life | Denied]


PROPOSE = Step("agreement.propose", lambda life, who, _: rules.propose(life, who))
REVISE = Step("agreement.revise", lambda life, who, _: rules.revise(life, who))
WITHDRAW = Step("agreement.withdraw", lambda life, who, _: rules.withdraw(life, who))
APPROVE = Step("agreement.approve", rules.approve)
PUBLISH = Step("agreement.publish", rules.publish)


@routes.post("/{name}/propose", response_model=AgreementTold)
async def propose_agreement(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold | Response:
    """A draft is open to comments and approval now; a customer who signs in the portal sees it."""
    return await _take(tx, name, request, caller, PROPOSE)


@routes.post("/{name}/revise", response_model=AgreementTold)
async def revise_agreement(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold | Response:
    """Back to a draft that can be changed; approvals given so far are gone."""
    return await _take(tx, name, request, caller, REVISE)


@routes.post("/{name}/withdraw", response_model=AgreementTold)
async def withdraw_agreement(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold | Response:
    """Given up before it was published."""
    return await _take(tx, name, request, caller, WITHDRAW)


@routes.post("/{name}/approve", response_model=AgreementTold)
async def approve_agreement(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:sign")],
) -> AgreementTold | Response:
    """By two different people, one per side: where `customer_signs`, the second is a contact of the
    customer."""
    return await _take(tx, name, request, caller, APPROVE)


@routes.post("/{name}/publish", response_model=AgreementTold)
async def publish_agreement(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold | Response:
    """By another person than the author; tickets opened in its validity are promised by it. Where
    the version before has an open end, that is now where this one begins."""
    return await _take(tx, name, request, caller, PUBLISH)


async def _take(
    tx: Connection, name: str, request: Request, caller: Caller, step: Step
) -> AgreementTold | Response:
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    if found.over:
        raise Conflict("This agreement was deactivated: its versions stay as they are.")
    at = await transaction_time(tx)
    after = step.move(found.life, _person(found, caller), at)
    if after == "NOT_NOW":
        raise Conflict(f"This version is {found.life.state}: that cannot be done with it now.")
    if not isinstance(after, Life):
        await _record(tx, found, f"{step.action}.denied", caller, at, {"code": after})
        return problem_response(Forbidden(REFUSED[after], code=after))
    await _follow(tx, found, after, at)
    await _record(tx, found, step.action, caller, at, {"state": after.state})
    return shown(await _reread(tx, found, caller), caller)


def _person(found: AgreementVersion, caller: Caller) -> Person:
    party = found.agreement.customer_id if caller.customer == found.customer else None
    contact = caller.customer is not None
    return Person(caller.sub, contact, party if contact else None)


async def _follow(tx: Connection, found: AgreementVersion, after: Life, at: datetime) -> None:
    """Store the step and what follows from it, and tell the others."""
    if after.state == "published":
        await _published(tx, found, after, at)
        return
    await agreements.live_on(tx, found.agreement.id, after)
    await tell(tx, found, _news(found, after, at))


def _news(found: AgreementVersion, after: Life, at: datetime) -> AgreementEvent:
    told = facts(found, at) | {"version_id": found.agreement.id}
    if after.state == "draft":
        return AgreementRevised(**told)
    if after.state == "withdrawn":
        return AgreementWithdrawn(**told)
    if after.state == "agreed":
        return AgreementAgreed(**told)
    if found.life.state == "draft":
        return AgreementProposed(**told, customer_signs=after.customer_signs)
    return AgreementApproved(**told, side="own" if after.ours else "counterparty")


async def _published(tx: Connection, found: AgreementVersion, after: Life, at: datetime) -> None:
    version = found.agreement
    history = await agreements.history(tx, found.agreement_id)
    ended = ended_by(version, found.supersedes, history)
    if isinstance(ended, Overlap):
        raise Conflict(f"It cannot be published: {ended}.", type="overlap")
    if ended is not None:
        # Before the other: the two must not hold at the same time for a moment.
        await agreements.supersede(tx, found.agreement_id, ended.version, version.valid_from)
    await agreements.live_on(tx, version.id, after)
    assert after.published is not None
    ahead = await extensions.to_come(tx, found.agreement_id, at)
    await covering.cover(tx, version, ahead, (after.published.by, at))
    await tell(tx, found, published_event(found, at, ended.version if ended else None))
    if ended is not None:
        told = facts(found, at) | {"version": ended.version, "superseded_by": version.version}
        await tell(tx, found, AgreementSuperseded(**told, valid_until=version.valid_from))


async def _reread(tx: Connection, found: AgreementVersion, caller: Caller) -> AgreementVersion:
    return await seen(tx, found.agreement.id, caller)


async def _record(
    tx: Connection,
    found: AgreementVersion,
    action: str,
    caller: Caller,
    at: datetime,
    more: dict[str, Any],
) -> None:
    grounds = {"key": found.agreement.key, "version": found.agreement.version} | more
    subject = f"agreement/{found.agreement_id}"
    await record(tx, Entry(at, caller.sub, action, subject, grounds, behind=caller.via_machine))
