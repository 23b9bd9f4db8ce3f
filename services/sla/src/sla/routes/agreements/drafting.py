"""Agreements: proposed by one person, published by another, never rewritten (A5, R4)."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.database import Connection, Transaction, moment
from common.errors import Conflict, Forbidden, Invalid, NotFound, Violation
from common.events.clocks import AgreementPublished
from common.http import Page, Paging, answer, cursor, if_match, router, set_etag
from common.ids import uuid7
from common.outbox import Announcement, announce
from common.people import Caller, needs
from sla.routes.promised import AgreementAsked, AgreementTold, draft_of, told
from sla.routes.wish import (
    CalendarAsked,
    Name,
    built,
    definition_of,
    id_or_key,
)
from sla.store import agreements, calendars, directory
from sla.store.agreements import AgreementVersion

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("", status_code=201)
async def propose(
    asked: AgreementAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, needs("agreements:write")],
) -> AgreementTold:
    """A draft: it promises nothing until a second person publishes it."""
    customer = await directory.find_customer(tx, id_or_key(asked.customer))
    if customer is None:
        unknown = f"there is no customer {asked.customer!r}; intake registers them"
        raise Invalid([Violation("/customer", "unknown", unknown)])
    agreement_id = await _agreement_id(tx, asked, customer.id)
    at = await moment(tx)
    used = await _calendars(tx, asked, caller, at)
    version = await agreements.newest_version(tx, agreement_id) + 1
    draft = draft_of(asked, version, customer.id, used)
    await agreements.propose(tx, agreement_id, draft, caller.sub, at)
    grounds = {"key": asked.key, "version": version, "customer": customer.key}
    await record(
        tx, Entry(at, caller.sub, "agreement.propose", f"agreement/{agreement_id}", grounds)
    )
    response.headers["Location"] = f"/v1/agreements/{draft.id}"
    return told(await _found(tx, draft.id, caller))


@routes.post("/{name}/publish")
async def publish(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("agreements:write")],
) -> AgreementTold:
    """Published by another person than the proposer; new tickets are promised by it from then on."""
    found = await _found(tx, id_or_key(name), caller)
    await agreements.lock(tx, found.agreement_id)
    found = await _found(tx, found.agreement.id, caller)
    if_match(request, found.sequence, told(found))
    at = await moment(tx)
    subject, grounds = f"agreement/{found.agreement_id}", {"version": found.agreement.version}
    if found.published_at is not None:
        raise Conflict("This version is published already. Propose the next one.")
    if found.proposed_by == caller.sub:
        denied = Entry(at, caller.sub, "agreement.publish.denied", subject, grounds)
        await record(tx, denied)
        said = "Somebody else than the proposer publishes it."
        return answer(Forbidden(said, code="SELF_APPROVAL"))  # type: ignore[return-value]
    sequence = await agreements.publish(tx, found, caller.sub, at)
    await announce(tx, Announcement(_published(found, at), sequence))
    await record(tx, Entry(at, caller.sub, "agreement.publish", subject, grounds))
    return told(await _found(tx, found.agreement.id, caller))


@routes.get("")
async def list_agreements(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("agreements:read")],
) -> Page[AgreementTold]:
    """All versions, by key; customers see what was published to them."""
    after = page.after_as(str, int)
    place = after and (after[0], after[1])
    found = await agreements.page(tx, caller.customer, page.limit, place)
    shown = [told(one) for one in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[AgreementTold](items=shown, next=cursor(last.key, last.version) if last else None)


@routes.get("/{name}")
async def show_agreement(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, needs("agreements:read")],
) -> AgreementTold:
    """A version by its id; by the agreement's key or id its newest one."""
    found = await _found(tx, id_or_key(name), caller)
    set_etag(response, found.sequence)
    return told(found)


async def _found(tx: Connection, name: UUID | str, caller: Caller) -> AgreementVersion:
    found = await agreements.find(tx, name, published=caller.customer is not None)
    if found is None or not caller.sees(found.customer):
        raise NotFound("This agreement")
    return found


async def _agreement_id(tx: Connection, asked: AgreementAsked, customer_id: UUID) -> UUID:
    """The agreement of that key, new or known. Raises Conflict when it is another customer's."""
    id = await agreements.lock_key(tx, asked.key)
    if id is None:
        id = uuid7()
        await agreements.add(tx, id, asked.key, customer_id, asked.contract)
        return id
    found = await agreements.find(tx, id)
    if found is None or (found.agreement.customer_id, found.agreement.contract) != (
        customer_id,
        asked.contract,
    ):
        raise Conflict("This key belongs to another customer or contract. Take another key.")
    return id


async def _calendars(
    tx: Connection, asked: AgreementAsked, caller: Caller, at: datetime
) -> Mapping[str, UUID]:
    """Calendar version by priority; the one for all others under the empty name."""
    wishes = chain(
        [("", "/calendar", asked.calendar)],
        ((priority, f"/calendars/{priority}", wish) for priority, wish in asked.calendars.items()),
    )
    found = {}
    for priority, pointer, wish in wishes:
        key = "-".join(filter(None, (asked.key, priority)))
        found[priority] = await _calendar(tx, wish, pointer, key, (caller.sub, at))
    return found


async def _calendar(
    tx: Connection, wish: CalendarAsked | str, pointer: str, key: str, by: tuple[str, datetime]
) -> UUID:
    """The version that is wished; one written out is kept under the agreement's key."""
    if isinstance(wish, CalendarAsked):
        definition = definition_of(wish)
        calendar = built(definition, pointer)
        return (await calendars.add(tx, uuid7(), key, definition, calendar, by)).id
    known = await calendars.find(tx, id_or_key(wish))
    if known is None:
        raise Invalid([Violation(pointer, "unknown", f"there is no calendar {wish!r}")])
    return known.id


def _published(found: AgreementVersion, at: datetime) -> AgreementPublished:
    version = found.agreement
    return AgreementPublished(
        at=at,
        agreement_id=found.agreement_id,
        agreement=version.key,
        version=version.version,
        customer_id=version.customer_id,
        customer=found.customer,
        valid_from=version.valid_from,
        valid_until=version.valid_until,
    )
