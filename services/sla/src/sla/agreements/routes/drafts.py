"""Draft, list and get agreement versions; a published one is never rewritten (A5, R4)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict, ValidationFailed, Violation
from common.events.agreements import AgreementDrafted
from common.http import Page, Paging, Transaction, if_match, router, set_etag
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.allowed import load_allowed_acts
from sla.agreements.dependencies import (
    agreement_response,
    get_visible_version,
    lock_version,
    party_of,
)
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle, redraft
from sla.agreements.domain.validity import Overlap
from sla.agreements.draft_validation import (
    build_version,
    find_succession,
    lock_or_create_agreement,
    resolve_party,
)
from sla.agreements.draft_validation import (
    party_of as party_of_version,
)
from sla.agreements.events import agreement_payload, emit
from sla.agreements.schemas.details import AnyAgreementDetail, to_detail
from sla.agreements.schemas.parties_of_agreements import party_violations, without_a_customer
from sla.agreements.schemas.requests import (
    AgreementCreate,
    AgreementTerms,
    term_violations,
)
from sla.agreements.schemas.responses import (
    AgreementPage,
    AgreementRead,
    AnyAgreement,
    to_staff_response,
)
from sla.agreements.store import agreements
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("", status_code=201)
async def draft_agreement(
    body: AgreementCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementRead:
    """Create a draft of an agreement version.

    It promises nothing until both sides have approved it and it is published.
    """
    if violations := [*term_violations(body), *party_violations(body)]:
        raise ValidationFailed(violations)
    at = await transaction_time(tx)
    party = await resolve_party(tx, body)
    unnumbered = await build_version(tx, body, party, uuid7(), caller.sub, at)
    agreement_id = await lock_or_create_agreement(tx, unnumbered)
    number = await agreements.get_newest_number(tx, agreement_id) + 1
    version = replace(unnumbered, version=number)
    await _check_overlap(tx, agreement_id, version, body)
    lifecycle = VersionLifecycle(Signature(caller.sub, at), body.customer_signs)
    await agreements.add_version(tx, agreement_id, version, lifecycle, body.supersedes)
    response.headers["Location"] = f"/v1/agreements/{version.id}"
    return await _emit_drafted(tx, version, "agreement.draft", caller, at)


@routes.put("/{agreement}")
async def redraft_agreement(
    name: AgreementRef,
    body: AgreementTerms,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementRead:
    """Replace all terms of a draft. The caller becomes its author."""
    if violations := list(term_violations(body)):
        raise ValidationFailed(violations)
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    if isinstance(refused := redraft(stored.lifecycle), Rejection):
        raise Conflict(refused.detail, code=refused.code)
    at = await transaction_time(tx)
    old, party = stored.agreement, party_of_version(stored.agreement)
    redrafted = await build_version(tx, body, party, old.id, caller.sub, at)
    version = replace(redrafted, version=old.version)
    if body.customer_signs and party.customer_id is None:
        raise ValidationFailed(
            [Violation("/customer_signs", "meaningless", "of agreements with a customer alone")]
        )
    if party.customer_id is None and (nobodys := list(without_a_customer(body))):
        raise ValidationFailed(nobodys)
    if body.customers and old.is_house_default:
        detail = "the house-wide default is for all who have no agreement of their own"
        raise ValidationFailed([Violation("/customers", "meaningless", detail)])
    await _check_overlap(tx, stored.agreement_id, version, body)
    lifecycle = VersionLifecycle(Signature(caller.sub, at), body.customer_signs)
    await agreements.save_draft(tx, version, lifecycle, body.supersedes)
    return await _emit_drafted(tx, version, "agreement.redraft", caller, at)


@routes.get("", response_model=AgreementPage)
async def list_agreements(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("promises:read")],
) -> Page[AnyAgreement]:
    """List agreement versions, by key.

    Customers see those published to them and those that they are to approve, partners their own contracts.
    """
    after = page.after_as(str, int)
    rows = await agreements.list_page(tx, party_of(caller), page.limit, after)
    return page.page_of(
        rows,
        lambda one: agreement_response(one, caller),
        lambda one: (one.agreement.key, one.agreement.version),
    )


@routes.get("/{agreement}")
async def get_agreement(
    name: AgreementRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("promises:read")],
    version: Annotated[int | None, Query(gt=0, lt=2**31)] = None,
) -> AnyAgreementDetail:
    """Get an agreement version by its id, or by the agreement's key or id the newest one or that
    `version`, with what the caller may do with it now (`allowed`, for its two sides), and why not the rest."""
    stored = await get_visible_version(tx, id_or_key(name), caller, version)
    set_etag(response, stored.sequence)
    shown = agreement_response(stored, caller)
    return to_detail(shown, await load_allowed_acts(tx, stored, caller))


async def _check_overlap(
    tx: Connection, agreement_id: UUID, version: Agreement, body: AgreementTerms
) -> None:
    """Raises ValidationFailed where the version would be valid at the same time as another."""
    succession = find_succession(
        version, body.supersedes, await agreements.list_versions(tx, agreement_id)
    )
    if isinstance(succession, Overlap):
        raise ValidationFailed([Violation("/valid_from", "overlap", str(succession))])


async def _emit_drafted(
    tx: Connection, version: Agreement, action: str, caller: Caller, at: datetime
) -> AgreementRead:
    """Publish and record that a draft was stored; the agreement is locked."""
    stored = await get_visible_version(tx, version.id, caller)
    await emit(tx, stored, AgreementDrafted(**agreement_payload(stored, at), version_id=version.id))
    grounds = {"key": version.key, "version": version.version, "contract": version.contract}
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
    return to_staff_response(await get_visible_version(tx, version.id, caller))
