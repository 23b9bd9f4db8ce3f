"""How a ticket ends, and comes back: resolve, verify, reject, close, reopen, merge (R1)."""

from datetime import timedelta

from fastapi import Response

from common.events.tickets import (
    TicketClosed,
    TicketMerged,
    TicketRejected,
    TicketReopened,
    TicketReplied,
    TicketResolved,
    TicketVerified,
)
from common.http import router
from common.persistence.database import transaction_time
from intake.improvements.commands import owe
from intake.tickets import handing_over
from intake.tickets.dependencies import (
    VerifyAction,
    WorkAction,
    get_visible_ticket,
    settings_of,
)
from intake.tickets.domain import merging, transitions
from intake.tickets.domain.detection import owes_improvement
from intake.tickets.domain.hand_over import check_no_fix_waits
from intake.tickets.domain.ticket import Ticket
from intake.tickets.ending_investigations import end_with_ticket
from intake.tickets.events import event_spec
from intake.tickets.message_check import CheckedText, read_own_text
from intake.tickets.schemas.action_requests import (
    NO_REASON,
    MergeRequest,
    OptionalReason,
    Reason,
    Resolution,
)
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import hand_overs, tickets
from intake.tickets.store.closing import is_change_delivered, is_problem_settled
from intake.tickets.telling_customers import tell_resolution

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/resolve", response_model=TicketRead)
async def resolve_ticket(action: WorkAction, body: Resolution) -> Response:
    """Resolve a ticket. Another person must verify it.

    A fix that came back from second level or a partner is checked by another person before.
    """
    own = await read_own_text(body.resolution, "resolution")
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    newest = await hand_overs.get_newest(action.tx, before.id)
    after = check_no_fix_waits(newest) or transitions.resolve(
        before, action.caller.sub, at, body.resolution
    )
    checked = CheckedText()
    if isinstance(after, Ticket):
        reason = body.overrule_reason
        checked = await action.check_text(before, own, reason)
        await action.record_check(before, checked, "resolution", at)
        actor = action.caller.actor
        await handing_over.end_newest(action.tx, before.id, "resolved", at)
        await end_with_ticket(action.tx, before, actor, at)
    response = await action.finish(
        "resolve", before, after, at, event_spec(TicketResolved), **checked.grounds
    )
    response.headers.update(checked.headers)
    return response


@routes.post("/{ticket}/verify", response_model=TicketRead)
async def verify_ticket(action: VerifyAction, body: OptionalReason = NO_REASON) -> Response:
    """Verify the resolution of a ticket by another person. Its contact is told now, and how to answer."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    person = await action.counted_as(before.resolved_by)
    verified = event_spec(
        TicketVerified, resolved_by=before.resolved_by, resolved_at=before.resolved_at
    )
    after = transitions.verify(before, person, at)
    events = [verified]
    if isinstance(after, Ticket):
        if owes_improvement(after):
            actor = action.caller.actor
            await owe(action.tx, before.id, before.key, "found_by_customer", actor, at)
        days = settings_of(action.request.app).reopen_days
        if (message := await tell_resolution(action.tx, after, days, at)) is not None:
            events.append(event_spec(TicketReplied, message_id=message.id))
    return await action.finish("verify", before, after, at, *events, reason=body.reason)


@routes.post("/{ticket}/reject", response_model=TicketRead)
async def reject_resolution(action: VerifyAction, body: Reason) -> Response:
    """Reject the resolution of a ticket by another person. The ticket is open again."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    person = await action.counted_as(before.resolved_by)
    rejected = event_spec(TicketRejected, resolved_by=before.resolved_by)
    after = transitions.reject(before, person)
    return await action.finish("reject", before, after, at, rejected, reason=body.reason)


@routes.post("/{ticket}/close", response_model=TicketRead)
async def close_ticket(action: WorkAction, body: OptionalReason = NO_REASON) -> Response:
    """Close a verified ticket. Until `reopenable_until` the customer's words open it again.

    A change request closes only when it is delivered, or touches no environment; a problem when it is
    fixed, or two people have given it up.
    """
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    reopenable_for = timedelta(days=settings_of(action.request.app).reopen_days)
    after = transitions.close(
        before,
        at,
        reopenable_for,
        is_change_delivered=await is_change_delivered(action.tx, before.id),
        is_problem_settled=await is_problem_settled(action.tx, before.id),
    )
    event = event_spec(TicketClosed)
    return await action.finish("close", before, after, at, event, reason=body.reason)


@routes.post("/{ticket}/reopen", response_model=TicketRead)
async def reopen_ticket(action: WorkAction, body: Reason) -> Response:
    """Reopen a ticket whose issue is back or was never solved.

    It was our side that resolved it: the time since then counts as if it had never been resolved.
    """
    return await action.run(
        "reopen",
        transitions.reopen,
        event_spec(TicketReopened, by_customer=False),
        reason=body.reason,
    )


@routes.post("/{ticket}/merge", response_model=TicketRead)
async def merge_ticket(action: WorkAction, body: MergeRequest) -> Response:
    """Merge a duplicate into another ticket of the same customer."""
    _, other = await tickets.lock_two(action.tx, action.ref, body.into)
    into = get_visible_ticket(action.caller, other, body.into)
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = merging.merge(before, into)
    if isinstance(after, Ticket):
        await handing_over.end_newest(action.tx, before.id, "merged", at)
        await end_with_ticket(action.tx, before, action.caller.actor, at)
    return await action.finish(
        "merge",
        before,
        after,
        at,
        event_spec(TicketMerged, into_id=into.id, into=into.key),
        into=into.key,
    )
