"""Outages: when what was down, by monitoring, by tickets or by hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import (
    Instant,
    Page,
    Paging,
    RequestModel,
    encode_cursor,
    if_match,
    router,
    set_etag,
)
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name, id_or_key
from sla.outages.commands import Report, begin, finish
from sla.outages.domain.outage import Outage, Source, ended, known
from sla.outages.domain.timeline import Effect
from sla.outages.schemas.outages import OneOutageTold, OutageTold, one_told, told
from sla.outages.schemas.scope import PlacedAsked, Reason, placed
from sla.outages.store import corrections, outages, visibility
from sla.outages.store.outages import Sought

routes = router("/v1/outages", tags=["outages"])
MOST_CORRECTIONS = 100


class OutageAsked(PlacedAsked):
    """`started_at` is now unless it was noticed later; `degraded` is worse than usual, not down."""

    effect: Effect = "down"
    started_at: datetime | None = None
    reason: Reason


class EndAsked(RequestModel):
    """`ended_at` is now unless it is known late."""

    ended_at: datetime | None = None
    reason: Reason | None = None


@routes.post("", status_code=201)
async def report_outage(
    asked: OutageAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:write")],
) -> OneOutageTold:
    """By hand. Where that very place is down already, 409 names the outage that is open."""
    place = await placed(tx, asked)
    await outages.lock_place(tx, place)
    at = await transaction_time(tx)
    if asked.started_at is not None and asked.started_at > at:
        raise ValidationFailed(
            [Violation("/started_at", "future", "an outage cannot begin later than now")]
        )
    if (open_already := await outages.open_at(tx, place)) is not None:
        said = f"{open_already.key} is open there already: end it, or have it corrected."
        raise Conflict(said, code="ALREADY_DOWN", outage=open_already.key)
    report = Report(
        place, "manual", None, None, asked.effect, asked.started_at or at, caller.sub, asked.reason
    )
    outage = await begin(tx, report, at)
    grounds = {"key": outage.key, "started_at": outage.started_at, "reason": asked.reason}
    await record(tx, Entry(at, caller.sub, "outage.report", f"outage/{outage.id}", grounds))
    response.headers["Location"] = f"/v1/outages/{outage.id}"
    return await _whole(tx, outage, caller)


@routes.post("/{name}/end")
async def end_outage(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:write")],
    asked: EndAsked | None = None,
) -> OneOutageTold:
    """Of one reported by hand. The end that monitoring or a ticket will tell is theirs to tell;
    to set another one takes two people: `/corrections`."""
    outage = await outages.lock_one(tx, id_or_key(name))
    if outage is None:
        raise NotFound("This outage")
    if_match(request, outage.sequence, told(outage))
    at = await transaction_time(tx)
    ended_at = (asked.ended_at if asked else None) or at
    _may_end(outage, ended_at, at)
    after = ended(outage, ended_at)
    if after is None:
        raise Conflict(f"{outage.key} has ended already. A correction sets another end.")
    reason = asked.reason if asked else None
    kept = await finish(tx, outage, after, caller.sub, at, reason)
    grounds = {"key": kept.key, "ended_at": kept.ended_at, "reason": reason}
    await record(tx, Entry(at, caller.sub, "outage.end", f"outage/{kept.id}", grounds))
    return await _whole(tx, kept, caller)


def _may_end(outage: Outage, ended_at: datetime, at: datetime) -> None:
    if outage.source != "manual":
        whose = "The monitor" if outage.source == "monitoring" else "Its ticket"
        raise Conflict(f"{whose} ends {outage.key}. A correction, by two people, sets another end.")
    if ended_at > at:
        raise ValidationFailed(
            [Violation("/ended_at", "future", "an outage cannot end later than now")]
        )
    if ended_at < outage.started_at:
        raise ValidationFailed([Violation("/ended_at", "order", "it would end before it started")])


@routes.get("")
async def list_outages(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    environment: Annotated[str | None, Query(max_length=100)] = None,
    service: Annotated[str | None, Query(max_length=100)] = None,
    state: Annotated[Literal["open", "ended"] | None, Query()] = None,
    source: Annotated[Source | None, Query()] = None,
    since: Annotated[Instant | None, Query(alias="from", description="Began at or after.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Began before.")] = None,
) -> Page[OutageTold]:
    """The newest first. Customers see the own ones, and those of everybody who has a service that
    they have."""
    theirs = await visibility.of(tx, caller.customer or customer)
    if theirs is None or not (customer is None or caller.can_see(customer)):
        return Page[OutageTold](items=[], next=None)
    sought = Sought(
        theirs.customer_id, theirs.others, environment, service, state, source, since, until
    )
    after = page.after_as(datetime, UUID)
    found = await outages.page(tx, sought, page.limit, after and (after[0], after[1]))
    shown = [told(outage) for outage in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[OutageTold](
        items=shown, next=encode_cursor(last.started_at, last.id) if last else None
    )


@routes.get("/{name}")
async def show_outage(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:read")],
    as_known_at: Annotated[Instant | None, Query(description="As it was known then (A5).")] = None,
) -> OneOutageTold:
    """With all that was said of it, and its corrections."""
    outage = await outages.find(tx, id_or_key(name))
    theirs = await visibility.of(tx, caller.customer)
    if outage is None or theirs is None or not theirs.sees(outage.place):
        raise NotFound("This outage")
    if as_known_at is not None:
        outage = known(outage, await outages.history(tx, outage.id), as_known_at)
        if outage is None:
            raise NotFound("At that moment this outage")
    set_etag(response, outage.sequence)
    return await _whole(tx, outage, caller, as_known_at)


async def _whole(
    tx: Connection, outage: Outage, caller: Caller, as_known_at: datetime | None = None
) -> OneOutageTold:
    said = await outages.history(tx, outage.id)
    asked = await corrections.of_outage(tx, outage.id, MOST_CORRECTIONS)
    if as_known_at is not None:
        said = [one for one in said if one.known_at <= as_known_at]
        asked = [one for one in asked if one.requested_at <= as_known_at]
    return one_told(outage, said, asked, caller)
