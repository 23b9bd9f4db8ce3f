"""Agreements are drafted and read; a published version is never rewritten (A5, R4)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, ValidationFailed, Violation
from common.events.agreements import AgreementDrafted
from common.http import Page, Paging, encode_cursor, if_match, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import locked, seen, shown
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.lifecycle import Life, Signature
from sla.agreements.domain.validity import Overlap
from sla.agreements.draft_validation import agreement_of, ended_by, party_of, same_party, version_of
from sla.agreements.events import facts, tell
from sla.agreements.schemas.requests import AgreementAsked, TermsAsked, misfits, wrong_parties
from sla.agreements.schemas.responses import AgreementTold
from sla.agreements.store import agreements
from sla.calendars.schemas import Name, id_or_key

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("", status_code=201)
async def draft_agreement(
    asked: AgreementAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold:
    """A draft: it promises nothing until both sides have approved and it is published."""
    if wrong := [*misfits(asked), *wrong_parties(asked)]:
        raise ValidationFailed(wrong)
    at = await transaction_time(tx)
    party = await party_of(tx, asked)
    unnumbered = await version_of(tx, asked, party, uuid7(), (caller.sub, at))
    agreement_id = await agreement_of(tx, unnumbered)
    number = await agreements.newest_version(tx, agreement_id) + 1
    version = replace(unnumbered, version=number)
    await _fits_in(tx, agreement_id, version, asked)
    life = Life(Signature(caller.sub, at), asked.customer_signs)
    await agreements.draft(tx, agreement_id, version, life, asked.supersedes)
    response.headers["Location"] = f"/v1/agreements/{version.id}"
    return await _drafted(tx, version, "agreement.draft", caller, at)


@routes.put("/{name}")
async def redraft_agreement(
    name: Name,
    asked: TermsAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold:
    """What a draft says from now on, as a whole; whoever writes it is its author."""
    if wrong := list(misfits(asked)):
        raise ValidationFailed(wrong)
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    if found.life.state != "draft":
        raise Conflict("Only a draft can be changed. Revise this version, or draft the next one.")
    at = await transaction_time(tx)
    old, party = found.agreement, same_party(found)
    version = replace(
        await version_of(tx, asked, party, old.id, (caller.sub, at)), version=old.version
    )
    if asked.customer_signs and party.contract != "sla":
        raise ValidationFailed(
            [Violation("/customer_signs", "meaningless", "of contracts of kind sla alone")]
        )
    await _fits_in(tx, found.agreement_id, version, asked)
    life = Life(Signature(caller.sub, at), asked.customer_signs)
    await agreements.redraft(tx, version, life, asked.supersedes)
    return await _drafted(tx, version, "agreement.redraft", caller, at)


@routes.get("")
async def list_agreements(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[AgreementTold]:
    """All versions, by key; customers see what was published to them, and what they are to sign."""
    after = page.after_as(str, int)
    place = after and (after[0], after[1])
    found = await agreements.page(tx, caller.customer, page.limit, place)
    told = [shown(one, caller) for one in found[: page.limit]]
    last = told[-1] if len(found) > page.limit else None
    return Page[AgreementTold](
        items=told, next=encode_cursor(last.key, last.version) if last else None
    )


@routes.get("/{name}")
async def show_agreement(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
) -> AgreementTold:
    """A version by its id; by the agreement's key or id its newest one, or that `version`."""
    found = await seen(tx, id_or_key(name), caller, version)
    set_etag(response, found.sequence)
    return shown(found, caller)


async def _fits_in(
    tx: Connection, agreement_id: UUID, version: Agreement, asked: TermsAsked
) -> None:
    """Raises Invalid where the version would hold at the same time as another."""
    ended = ended_by(version, asked.supersedes, await agreements.history(tx, agreement_id))
    if isinstance(ended, Overlap):
        raise ValidationFailed([Violation("/valid_from", "overlap", str(ended))])


async def _drafted(
    tx: Connection, version: Agreement, action: str, caller: Caller, at: datetime
) -> AgreementTold:
    """Tell of a draft that has been stored; the agreement is locked."""
    found = await seen(tx, version.id, caller)
    await tell(tx, found, AgreementDrafted(**facts(found, at), version_id=version.id))
    grounds = {"key": version.key, "version": version.version, "contract": version.contract}
    await record(tx, Entry(at, caller.sub, action, f"agreement/{found.agreement_id}", grounds))
    return shown(await seen(tx, version.id, caller), caller)
