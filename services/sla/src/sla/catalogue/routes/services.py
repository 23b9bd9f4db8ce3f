"""The service catalogue: what customers buy, and what it runs on."""

from typing import Annotated

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.events.catalogue import ServiceCatalogued, ServiceNeed
from common.http import Page, Paging, encode_cursor, if_match, router, set_etag
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars import store as calendars
from sla.calendars.schemas import Name, id_or_key
from sla.catalogue.domain.graph import cycle, service
from sla.catalogue.domain.service import Service
from sla.catalogue.schemas import ServiceAsked, ServiceTold, told
from sla.catalogue.store import catalogue

routes = router("/v1/services", tags=["catalogue"])


@routes.post("", status_code=201)
async def describe(
    asked: ServiceAsked,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("catalogue:write")],
) -> ServiceTold:
    """A new service, or the next version of one; a retired one is offered again.

    A cycle is refused, and named. With `If-Match` it is the version that you have seen that you
    change.
    """
    await catalogue.lock(tx)
    former = await catalogue.find(tx, asked.key)
    if former is not None:
        if_match(request, former.sequence, told(former, caller))
    made = await _checked(tx, asked, former, caller)
    await catalogue.add(tx, made)
    if former is not None and former.retired_at is not None:
        await catalogue.retire(tx, made.service_id, made.sequence, None)
    await _tell(tx, made, caller, "service.describe")
    response.headers["Location"] = f"/v1/services/{made.id}"
    set_etag(response, made.sequence)
    return told(made, caller)


@routes.post("/{name}/retire")
async def retire(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:write")],
) -> ServiceTold:
    """Offered no more. Refused while another service runs on it. Its versions stay on record."""
    await catalogue.lock(tx)
    found = await catalogue.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This service")
    if_match(request, found.sequence, told(found, caller))
    if found.retired_at is not None:
        raise Conflict("This service is retired already.")
    if above := (await catalogue.graph(tx)).above.get(service(found.key), ()):
        raise Conflict(f"{', '.join(above)} runs on it. Change that first.", services=list(above))
    at = await transaction_time(tx)
    await catalogue.retire(tx, found.service_id, found.sequence + 1, at)
    gone = await catalogue.find(tx, found.service_id)
    assert gone is not None
    await _tell(tx, gone, caller, "service.retire")
    return told(gone, caller)


@routes.get("")
async def list_services(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:read")],
) -> Page[ServiceTold]:
    """As they stand now, by key; customers see what they bought."""
    after = page.after_as(str)
    found = await catalogue.page(tx, caller.customer, page.limit, after[0] if after else None)
    shown = [told(one, caller) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page[ServiceTold](items=shown, next=encode_cursor(shown[-1].key) if more else None)


@routes.get("/{name}")
async def show_service(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("catalogue:read")],
) -> ServiceTold:
    """The newest version by the key or the service's id; a version by its own."""
    found = await catalogue.find(tx, id_or_key(name), caller.customer)
    if found is None:
        raise NotFound("This service")
    set_etag(response, found.sequence)
    return told(found, caller)


@routes.get("/{name}/versions")
async def list_versions(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:assess")],
) -> Page[ServiceTold]:
    """What it was before, the newest first."""
    found = await catalogue.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This service")
    after = page.after_as(int)
    kept = await catalogue.versions(tx, found.service_id, page.limit, after[0] if after else None)
    shown = [told(one, caller) for one in kept[: page.limit]]
    more = len(kept) > page.limit
    return Page[ServiceTold](items=shown, next=encode_cursor(shown[-1].version) if more else None)


async def _checked(
    tx: Connection, asked: ServiceAsked, former: Service | None, caller: Caller
) -> Service:
    """The version that is asked for. Raises Invalid, naming every unknown name, or the cycle."""
    wished = asked.needs()
    wrong = [*await _unknown(tx, asked), *await _circular(tx, asked)]
    found = None if asked.hours is None else await calendars.find(tx, id_or_key(asked.hours))
    if asked.hours is not None and found is None:
        wrong.append(Violation("/hours", "unknown", f"there is no calendar {asked.hours!r}"))
    if wrong:
        raise ValidationFailed(wrong)
    return Service(
        id=uuid7(),
        service_id=former.service_id if former else uuid7(),
        key=asked.key,
        version=former.version + 1 if former else 1,
        name=asked.name,
        owner=asked.owner,
        description=asked.description,
        hours=found.id if found else None,
        price=asked.priced(),
        sold_to=tuple(sorted(set(asked.sold_to))),
        runs_on=wished,
        created_by=caller.sub,
        created_at=await transaction_time(tx),
        sequence=former.sequence + 1 if former else 1,
    )


async def _unknown(tx: Connection, asked: ServiceAsked) -> list[Violation]:
    wished = asked.needs()
    own = service(asked.key)  # on itself: that is a cycle, and named as one
    nowhere = await catalogue.unknown(tx, {n for need in wished for n in need.of} - {own})
    strangers = await catalogue.unknown_customers(tx, asked.sold_to)
    nodes = [
        Violation(f"/runs_on/{index}", "unknown", f"there is no {node.kind} {node.key!r}")
        for index, need in enumerate(wished)
        for node in need.of
        if node in nowhere
    ]
    buyers = [
        Violation(f"/sold_to/{index}", "unknown", f"there is no customer {key!r}")
        for index, key in enumerate(asked.sold_to)
        if key in strangers
    ]
    return nodes + buyers


async def _circular(tx: Connection, asked: ServiceAsked) -> list[Violation]:
    present = (await catalogue.graph(tx)).needs
    found = cycle({**present, asked.key: asked.needs()})
    if found is None:
        return []
    said = f"a service cannot run on itself: {' > '.join(found)}"
    return [Violation("/runs_on", "cycle", said)]


async def _tell(tx: Connection, made: Service, caller: Caller, action: str) -> None:
    at = made.retired_at or made.created_at
    event = ServiceCatalogued(
        at=at,
        service_id=made.service_id,
        service=made.key,
        version=made.version,
        name=made.name,
        owner=made.owner,
        sold_to=list(made.sold_to),
        runs_on=[
            ServiceNeed(any_of=list(map(str, need.of)), at_least=need.at_least)
            for need in made.runs_on
        ],
        retired=made.retired_at is not None,
    )
    await publish(tx, OutboxEvent(event, made.sequence))
    grounds = {"key": made.key, "version": made.version, "runs_on": catalogue.written(made.runs_on)}
    await record(tx, Entry(at, caller.sub, action, f"service/{made.service_id}", grounds))
