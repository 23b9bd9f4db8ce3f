"""HTTP in: change requests, from the estimate to the delivery (R1, R7)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.errors import ValidationFailed, Violation
from common.events.change_requests import (
    ChangeRequestBooked,
    ChangeRequestDecided,
    ChangeRequestDelivered,
    ChangeRequestEstimated,
    ChangeTouchesNoEnvironment,
)
from common.events.tickets import TicketReplied
from common.http import Page, Paging, Transaction, router
from intake.change_requests import domain, store
from intake.change_requests.dependencies import (
    ChangeRef,
    CustomerAction,
    PlanAction,
    VerifyAction,
    WorkAction,
    check_kind,
    load,
    to_read,
)
from intake.change_requests.domain import ChangeRequest
from intake.change_requests.schemas import (
    BookingRequest,
    ChangeDecision,
    ChangeRequestRead,
    DeliveryLink,
    EstimateUpdate,
    NoEnvironmentClaim,
)
from intake.reads.recorder import Reads
from intake.tickets.dependencies import TicketReader, get_visible_ticket
from intake.tickets.events import event_spec
from intake.tickets.message_check import CheckedText, read_own_text
from intake.tickets.store import tickets
from intake.tickets.telling_customers import tell_estimate

routes = router("/v1/change-requests", ["change requests"])


@routes.get("")
async def list_change_requests(
    caller: TicketReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    waiting: bool = False,
) -> Page[ChangeRequestRead]:
    """List change requests that were estimated, newest first; `waiting` for the customer's decision."""
    rows = await store.page(
        tx, caller.customer, waiting=waiting, after=page.after_as(UUID), limit=page.limit
    )
    await reads.note(caller, *(f"ticket/{one.ticket_id}" for one in rows[: page.limit]))
    known = await tickets.by_ids(tx, {one.ticket_id for one in rows})
    return page.page_of(
        rows, lambda one: to_read(known[one.ticket_id], one, caller), lambda one: (one.ticket_id,)
    )


@routes.get("/{change_request}")
async def get_change_request(
    ref: ChangeRef, caller: TicketReader, tx: Transaction, reads: Reads
) -> ChangeRequestRead:
    """Get a change request by the id or key of its ticket."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    await reads.note(caller, f"ticket/{ticket.id}")
    check_kind(ticket)
    change = await store.find(tx, ticket.id) or ChangeRequest(ticket.id)
    return to_read(ticket, change, caller)


@routes.put("/{change_request}/estimate", response_model=ChangeRequestRead)
async def estimate_change(
    action: PlanAction, body: EstimateUpdate, response: Response
) -> Response | ChangeRequestRead:
    """Estimate a change. Another estimate needs another approval of the customer.

    The ticket's contact is told of it, and how to approve it; of the same estimate once more nobody is. The
    header `Message-Findings` names what was found in the note.
    """
    own = await read_own_text(body.note, "estimate") if body.note else None
    loaded = await load(action)
    checked = CheckedText()
    if own is not None:
        checked = await action.check_text(loaded.ticket, own, body.overrule_reason)
    minutes = body.estimate_seconds // 60
    actor = action.caller.sub
    since = loaded.ticket.reopened_at
    after = domain.estimate(loaded.record, minutes, body.note, actor, loaded.at, since=since)
    events = [event_spec(ChangeRequestEstimated, estimate_seconds=body.estimate_seconds)]
    message = None
    if isinstance(after, ChangeRequest) and not domain.is_same_estimate(loaded.record, after):
        message = await tell_estimate(
            action.tx, loaded.ticket, minutes, body.note, actor, loaded.at
        )
    if message is not None:
        events.append(event_spec(TicketReplied, message_id=message.id))
    message_id = None if message is None else message.id
    await action.record_check(loaded.ticket, checked, "estimate", loaded.at, message_id)
    response.headers.update(checked.headers)
    return await loaded.finish("estimate", after, *events, minutes=minutes, **checked.grounds)


@routes.post("/{change_request}/decision", response_model=ChangeRequestRead)
async def decide_change(
    action: CustomerAction, body: ChangeDecision
) -> Response | ChangeRequestRead:
    """Approve or decline the estimate of a change, as a contact of its customer."""
    loaded = await load(action)
    person = await action.counted_as(loaded.record.estimated_by)
    after = domain.decide(loaded.record, body.decision, body.reason, person, loaded.at)
    event = event_spec(
        ChangeRequestDecided,
        decision=body.decision,
        estimate_seconds=(loaded.record.estimate_minutes or 0) * 60,
    )
    return await loaded.finish("decide", after, event, decision=body.decision)


@routes.post("/{change_request}/booking", response_model=ChangeRequestRead)
async def book_change(action: PlanAction, body: BookingRequest) -> Response | ChangeRequestRead:
    """Book an approved change on the reserved hours of a month, or on a sprint."""
    loaded = await load(action)
    after = domain.book(
        loaded.record,
        body.booked_on,
        action.caller.sub,
        loaded.at,
        month=body.first_day(),
        sprint=body.sprint,
    )
    event = event_spec(
        ChangeRequestBooked,
        booked_on=body.booked_on,
        month=body.month,
        sprint=body.sprint,
        estimate_seconds=(loaded.record.estimate_minutes or 0) * 60,
    )
    return await loaded.finish("book", after, event, month=body.month, sprint=body.sprint)


@routes.put("/{change_request}/delivery", response_model=ChangeRequestRead)
async def link_change_delivery(
    action: PlanAction, body: DeliveryLink
) -> Response | ChangeRequestRead:
    """Link the delivery that brings a change. Once it is verified, the change may close."""
    loaded = await load(action)
    found = await store.find_delivery(action.tx, body.delivery)
    if found is None or found[0] != loaded.ticket.customer:
        detail = f"{loaded.ticket.customer} has no delivery {body.delivery}"
        raise ValidationFailed([Violation("/delivery", "unknown_reference", detail)])
    delivered_at = found[1]
    after = domain.link_delivery(
        loaded.record,
        body.delivery,
        action.caller.sub,
        delivered_at,
        since=loaded.ticket.reopened_at,
    )
    events = []
    if delivered_at is not None:
        extra = {"delivery": body.delivery, "delivered_at": delivered_at}
        events.append(event_spec(ChangeRequestDelivered, **extra))
    return await loaded.finish("link_delivery", after, *events, delivery=body.delivery)


@routes.post("/{change_request}/no-environment", response_model=ChangeRequestRead)
async def claim_no_environment(
    action: WorkAction, body: NoEnvironmentClaim
) -> Response | ChangeRequestRead:
    """Claim that a change touches no environment. Another person has to confirm that."""
    loaded = await load(action)
    since = loaded.ticket.reopened_at
    actor = action.caller.sub
    after = domain.claim_no_environment(loaded.record, body.reason, actor, loaded.at, since=since)
    return await loaded.finish("claim_no_environment", after)


@routes.post("/{change_request}/no-environment/confirm", response_model=ChangeRequestRead)
async def confirm_no_environment(action: VerifyAction) -> Response | ChangeRequestRead:
    """Confirm as another person that a change touches no environment: it may close without delivery."""
    loaded = await load(action)
    claimed_by = loaded.record.no_environment_by
    person = await action.counted_as(claimed_by)
    since = loaded.ticket.reopened_at
    after = domain.confirm_no_environment(loaded.record, person, loaded.at, since=since)
    event = event_spec(ChangeTouchesNoEnvironment, requested_by=claimed_by)
    return await loaded.finish("confirm_no_environment", after, event, requested_by=claimed_by)
