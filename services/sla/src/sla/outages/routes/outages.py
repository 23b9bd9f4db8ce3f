"""HTTP in: outages, reported by monitoring, by tickets or by hand."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import (
    Instant,
    Paging,
    Refers,
    RequestModel,
    Transaction,
    if_match,
    router,
    set_etag,
)
from common.http.fields import Reason
from common.http.periods import check_order
from common.persistence.database import Connection, transaction_time
from sla.directory.fields import CustomerFilter
from sla.outages.commands import OutageReport, close_outage, open_outage
from sla.outages.domain.outage import (
    Outage,
    OutageChange,
    Record,
    Source,
    as_known,
    mark_ended,
    truncate_to_second,
)
from sla.outages.domain.state_timeline import Effect
from sla.outages.schemas.outages import (
    OutageDetail,
    OutageDetailForCustomer,
    OutageForStaff,
    OutagePage,
    OutageRead,
    to_customer_detail_response,
    to_detail_response,
    to_response,
    to_staff_response,
)
from sla.outages.schemas.scope import ScopedCreate, resolve_scope
from sla.outages.second_look import ask_for_change
from sla.outages.store import corrections, outage_records, outages, visibility
from sla.outages.store.outages import OutageFilter
from sla.path_parameters import OutageRef

routes = router("/v1/outages", tags=["outages"])
MAX_CORRECTIONS = 100
EARLIER_END = "it ended earlier than it was reported"


class OutageCreate(ScopedCreate):
    """`started_at` is now by default; `degraded`: worse than usual, but not down."""

    effect: Effect = "down"
    started_at: datetime | None = None
    reason: Reason


class OutageEnd(RequestModel):
    """`ended_at` is now by default. An earlier end counts once another person has confirmed it."""

    ended_at: datetime | None = None
    reason: Reason | None = None


@routes.post("", status_code=201)
async def report_outage(
    body: OutageCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:write")],
) -> OutageDetail:
    """Report an outage by hand. If the same scope is already down, 409 names the open outage.

    One of a whole customer, or of everybody, counts once another person has confirmed it: the answer
    has a correction that says so, which waits.
    """
    scope = await resolve_scope(tx, body)
    await outages.lock_scope(tx, scope)
    at = await transaction_time(tx)
    if body.started_at is not None and body.started_at > at:
        late = Violation("/started_at", "future", "an outage cannot begin later than now")
        raise ValidationFailed([late])
    if (existing := await outages.find_open(tx, scope)) is not None:
        detail = f"{existing.key} is already open there: end it, or have it corrected."
        raise Conflict(detail, code="ALREADY_DOWN", outage=existing.key)
    counts = body.reach == "environment"
    report = OutageReport(
        scope,
        "manual",
        None,
        None,
        body.effect,
        body.started_at or at,
        caller.sub,
        body.reason,
        counts,
    )
    outage = await open_outage(tx, report, at)
    if not counts:
        counted = OutageChange(counts=True)
        outage = await ask_for_change(tx, outage, counted, caller.sub, body.reason, at)
    grounds = {"key": outage.key, "started_at": outage.started_at, "reason": body.reason}
    subject = f"outage/{outage.id}"
    await record(tx, Entry.by(caller.actor, at, "outage.report", subject, grounds))
    response.headers["Location"] = f"/v1/outages/{outage.id}"
    return await _detail_response(tx, outage)


@routes.post("/{outage}/end")
async def end_outage(
    name: OutageRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:write")],
    body: OutageEnd | None = None,
) -> OutageDetail:
    """End an outage that was reported by hand, now.

    An end in the past would shorten it: the outage ends now, and the answer has a correction to the
    earlier end that waits for another person. Outages of monitoring or of a ticket end by these;
    another end takes a correction by two people, too: see `/corrections`.
    """
    outage = await outages.get_for_update(tx, name)
    if outage is None:
        raise NotFound("This outage")
    if_match(request, outage.sequence, to_response(outage))
    at = await transaction_time(tx)
    ended_at = (body.ended_at if body else None) or at
    _check_may_end(outage, ended_at, at)
    after = mark_ended(outage, at)
    if after is None:
        state = "has ended already" if outage.counts else "does not count"
        detail = f"{outage.key} {state}. A correction, by two people, says otherwise."
        raise Conflict(detail, code="OUTAGE_OVER", type="conflict")
    reason = body.reason if body else None
    stored = await close_outage(tx, outage, after, caller.sub, at, reason)
    if stored.ended_at is not None and truncate_to_second(ended_at) < stored.ended_at:
        change = OutageChange(ended_at=ended_at)
        stored = await ask_for_change(tx, stored, change, caller.sub, reason or EARLIER_END, at)
    grounds = {"key": stored.key, "ended_at": stored.ended_at, "reason": reason}
    await record(tx, Entry.by(caller.actor, at, "outage.end", f"outage/{stored.id}", grounds))
    return await _detail_response(tx, stored)


def _check_may_end(outage: Outage, ended_at: datetime, at: datetime) -> None:
    if outage.source != "manual":
        source_name = "The monitor" if outage.source == "monitoring" else "Its ticket"
        detail = f"{source_name} ends {outage.key}. A correction, by two people, sets another end."
        raise Conflict(detail, code="ENDS_BY_ITSELF", type="conflict")
    if ended_at > at:
        late = Violation("/ended_at", "future", "an outage cannot end later than now")
        raise ValidationFailed([late])
    if ended_at < outage.started_at:
        raise ValidationFailed([Violation("/ended_at", "order", "it would end before it started")])


@routes.get("")
async def list_outages(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
    customer: CustomerFilter = None,
    environment: Annotated[str | None, Query(max_length=100), Refers("environment")] = None,
    service: Annotated[str | None, Query(max_length=100), Refers("service")] = None,
    state: Annotated[Literal["open", "ended"] | None, Query()] = None,
    source: Annotated[Source | None, Query()] = None,
    superseded: Annotated[bool | None, Query(description="Counts as another one.")] = None,
    since: Annotated[
        Instant | None, Query(alias="from", description="Started at or after.")
    ] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Started before.")] = None,
) -> OutagePage:
    """List outages, newest first.

    Customers see their own, and those of all customers of a service that they have.
    """
    check_order(since, until, "/query/to")
    visible = await visibility.for_customer(tx, caller.customer or customer)
    if visible is None or not (customer is None or caller.can_see(customer)):
        return OutagePage(items=[], next=None)
    filters = OutageFilter(
        visible.customer_id,
        visible.hidden_services,
        environment,
        service,
        state,
        source,
        superseded,
        since,
        until,
    )
    rows = await outages.page(tx, filters, page.limit, page.after_as(datetime, UUID))
    found = page.page_of(rows, partial(_to_response, caller), lambda one: (one.started_at, one.id))
    return OutagePage(items=found.items, next=found.next)


def _to_response(caller: Caller, outage: Outage) -> OutageForStaff | OutageRead:
    is_staff = caller.customer is None
    return to_staff_response(outage) if is_staff else to_response(outage, caller.customer)


@routes.get("/{outage}")
async def get_outage(
    name: OutageRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:read")],
    as_known_at: Annotated[Instant | None, Query(description="As it was known then.")] = None,
) -> OutageDetail | OutageDetailForCustomer:
    """Get an outage with its records and corrections."""
    outage = await outages.find(tx, name)
    visible = await visibility.for_customer(tx, caller.customer)
    if outage is None or visible is None or not visible.can_see(outage.scope):
        raise NotFound("This outage")
    if as_known_at is not None:
        outage = as_known(outage, await outage_records.list_records(tx, outage.id), as_known_at)
        if outage is None:
            raise NotFound("At that moment this outage")
    set_etag(response, outage.sequence)
    if caller.customer is None:
        return await _detail_response(tx, outage, as_known_at)
    records = await _list_records(tx, outage, as_known_at)
    return to_customer_detail_response(outage, records, caller.customer)


async def _detail_response(
    tx: Connection, outage: Outage, as_known_at: datetime | None = None
) -> OutageDetail:
    records = await _list_records(tx, outage, as_known_at)
    outage_corrections = await corrections.list_of_outage(tx, outage.id, MAX_CORRECTIONS)
    if as_known_at is not None:
        outage_corrections = [one for one in outage_corrections if one.requested_at <= as_known_at]
    return to_detail_response(outage, records, outage_corrections)


async def _list_records(
    tx: Connection, outage: Outage, as_known_at: datetime | None
) -> list[Record]:
    records = await outage_records.list_records(tx, outage.id)
    return [one for one in records if as_known_at is None or one.known_at <= as_known_at]
