"""The steps of a version: propose, revise, withdraw, approve, decline, publish (A5, R4)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict
from common.events.agreements import (
    AgreementAgreed,
    AgreementApproved,
    AgreementEvent,
    AgreementProposed,
    AgreementRevised,
    AgreementSuperseded,
    AgreementWithdrawn,
)
from common.http import Transaction, if_match, rejection_response, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements import coverage
from sla.agreements.allowed import cannot_be_published, person_of
from sla.agreements.dependencies import agreement_response, get_visible_version, lock_version
from sla.agreements.domain.lifecycle import NOT_NOW, TERMINATED, VersionLifecycle
from sla.agreements.domain.steps import APPROVE, DECLINE, PROPOSE, PUBLISH, REVISE, WITHDRAW, Step
from sla.agreements.domain.validity import Overlap
from sla.agreements.draft_validation import find_succession
from sla.agreements.endings import schedule_notice
from sla.agreements.events import agreement_payload, emit, published_event
from sla.agreements.schemas.requests import DeclineRequest
from sla.agreements.schemas.responses import AgreementRead, AnyAgreement
from sla.agreements.store import agreements, comments
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.comments import Comment
from sla.agreements.store.version_rows import AgreementVersion
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("/{agreement}/propose", response_model=AgreementRead)
async def propose_agreement(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AnyAgreement | Response:
    """Propose a draft: it is open to comments and approval.

    A customer who signs in the portal sees it from now on.
    """
    return await _take_step(tx, name, request, caller, PROPOSE)


@routes.post("/{agreement}/revise", response_model=AgreementRead)
async def revise_agreement(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AnyAgreement | Response:
    """Revise a proposed version: it becomes a draft again, and its approvals are gone."""
    return await _take_step(tx, name, request, caller, REVISE)


@routes.post("/{agreement}/withdraw", response_model=AgreementRead)
async def withdraw_agreement(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AnyAgreement | Response:
    """Withdraw a version before it is published."""
    return await _take_step(tx, name, request, caller, WITHDRAW)


@routes.post("/{agreement}/approve", response_model=AnyAgreement)
async def approve_agreement(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:sign")],
) -> AnyAgreement | Response:
    """Approve a version.

    It takes two different people, one for each side; with `customer_signs` the second is a contact
    of the customer.
    """
    return await _take_step(tx, name, request, caller, APPROVE)


@routes.post("/{agreement}/decline", response_model=AnyAgreement)
async def decline_agreement(
    name: AgreementRef,
    body: DeclineRequest,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:sign")],
) -> AnyAgreement | Response:
    """Refuse to sign a proposed version, for one side.

    It becomes a draft again, and its approvals are gone. The reason is a comment, which both sides read.
    """
    return await _take_step(tx, name, request, caller, DECLINE, body.reason)


@routes.post("/{agreement}/publish", response_model=AgreementRead)
async def publish_agreement(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AnyAgreement | Response:
    """Publish a version: it applies to tickets opened within its validity.

    The caller must be another person than the author. A previous version with an open end ends
    where this one begins.
    """
    return await _take_step(tx, name, request, caller, PUBLISH)


async def _take_step(
    tx: Connection,
    name: str,
    request: Request,
    caller: Caller,
    step: Step,
    reason: str | None = None,
) -> AnyAgreement | Response:
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    if stored.is_terminated:
        raise Conflict(TERMINATED.detail, code=TERMINATED.code)
    at = await transaction_time(tx)
    person = await person_of(tx, stored, caller, step)
    after = step.rule(stored.lifecycle, person, at)
    if isinstance(after, Rejection):
        if after.code == NOT_NOW:
            raise Conflict(after.detail, code=after.code)
        await _record(tx, stored, f"{step.action}.denied", caller, at, {"code": after.code})
        return rejection_response(after, status=403)
    # What is published names everybody, also those of whom a contact knows nothing.
    named = await agreements.name_all_customers(tx, stored)
    await _record(tx, stored, step.action, caller, at, {"state": after.state})
    if reason is not None:
        await comments.add(
            tx, Comment(uuid7(), stored.agreement.id, caller.sub, person.side, at, reason)
        )
        await _decline(tx, named, after, at, is_contact=person.is_customer)
        return agreement_response(replace(stored, lifecycle=after), caller)
    await _apply_step(tx, named, after, at)
    return agreement_response(await _reload(tx, stored, caller), caller)


async def _decline(
    tx: Connection,
    stored: AgreementVersion,
    after: VersionLifecycle,
    at: datetime,
    *,
    is_contact: bool,
) -> None:
    """Publish that the version is a draft again, and make it one: in this order, since a contact sees no drafts."""
    await emit(tx, stored, _event(stored, after, at))
    if is_contact:
        assert after.refusal is not None
        await agreements.return_to_draft(tx, stored.agreement.id, after.refusal)
    else:
        await agreements.save_lifecycle(tx, stored.agreement.id, after)


async def _apply_step(
    tx: Connection, stored: AgreementVersion, after: VersionLifecycle, at: datetime
) -> None:
    """Store the step with its consequences, and publish its events."""
    if after.state == "published":
        await _apply_publication(tx, stored, after, at)
        return
    await agreements.save_lifecycle(tx, stored.agreement.id, after)
    await emit(tx, stored, _event(stored, after, at))


def _event(stored: AgreementVersion, after: VersionLifecycle, at: datetime) -> AgreementEvent:
    payload = agreement_payload(stored, at) | {"version_id": stored.agreement.id}
    if after.state == "draft":
        return AgreementRevised(**payload)
    if after.state == "withdrawn":
        return AgreementWithdrawn(**payload)
    if after.state == "agreed":
        return AgreementAgreed(**payload)
    if stored.lifecycle.state == "draft":
        return AgreementProposed(**payload, customer_signs=after.customer_signs)
    return AgreementApproved(**payload, side="own" if after.provider_signature else "counterparty")


async def _apply_publication(
    tx: Connection, stored: AgreementVersion, after: VersionLifecycle, at: datetime
) -> None:
    version = stored.agreement
    history = await agreements.list_versions(tx, stored.agreement_id)
    superseded = find_succession(version, stored.supersedes, history)
    if isinstance(superseded, Overlap):
        overlap = cannot_be_published(superseded)
        raise Conflict(overlap.detail, code=overlap.code)
    if superseded is not None:
        # First the old version ends: the two must never be valid at the same time.
        await agreements.set_superseded(
            tx, stored.agreement_id, superseded.version, version.valid_from
        )
    await agreements.save_lifecycle(tx, version.id, after)
    assert after.publication is not None
    upcoming = await extensions.list_upcoming(tx, stored.agreement_id, at)
    await coverage.extend(tx, version, upcoming, after.publication.by, at)
    await schedule_notice(tx, stored.agreement_id, at)
    await emit(tx, stored, published_event(stored, at, superseded.version if superseded else None))
    if superseded is not None:
        payload = agreement_payload(stored, at) | {
            "version": superseded.version,
            "superseded_by": version.version,
        }
        await emit(tx, stored, AgreementSuperseded(**payload, valid_until=version.valid_from))


async def _reload(tx: Connection, stored: AgreementVersion, caller: Caller) -> AgreementVersion:
    return await get_visible_version(tx, stored.agreement.id, caller)


async def _record(
    tx: Connection,
    stored: AgreementVersion,
    action: str,
    caller: Caller,
    at: datetime,
    details: dict[str, Any],
) -> None:
    grounds = {"key": stored.agreement.key, "version": stored.agreement.version} | details
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
