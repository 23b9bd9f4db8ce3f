"""HTTP in: the service catalogue."""

from typing import Annotated

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, if_match, router, set_etag
from common.messaging.outbox import publish
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.calendars import store as calendars
from sla.catalogue.domain.graph import find_cycle, service_node
from sla.catalogue.domain.service import Service
from sla.catalogue.events import to_event
from sla.catalogue.schemas import ServiceCreate, ServiceRead, to_response
from sla.catalogue.store import catalogue
from sla.directory.dependencies import unknown_customer
from sla.path_parameters import ServiceRef

routes = router("/v1/services", tags=["catalogue"])


@routes.post("", status_code=201)
async def create_service(
    body: ServiceCreate,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("catalogue:write")],
) -> ServiceRead:
    """Create a service, or its next version. A retired service is offered again.

    A cycle is rejected, and named. `If-Match` names the version that you have read.
    """
    await catalogue.lock(tx)
    previous = await catalogue.find(tx, body.key)
    if previous is not None:
        if_match(request, previous.sequence, to_response(previous, caller))
    new_version = await _build_version(tx, body, previous, caller)
    await catalogue.add(tx, new_version)
    if previous is not None and previous.retired_at is not None:
        await catalogue.set_retired(tx, new_version.service_id, new_version.sequence, None)
    await _emit(tx, new_version, caller, "service.describe")
    response.headers["Location"] = f"/v1/services/{new_version.id}"
    set_etag(response, new_version.sequence)
    return to_response(new_version, caller)


@routes.post("/{service}/retire")
async def retire_service(
    name: ServiceRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:write")],
) -> ServiceRead:
    """Retire a service. It is no longer offered; its versions stay on record.

    Rejected while another service runs on it.
    """
    await catalogue.lock(tx)
    current = await catalogue.find(tx, id_or_key(name))
    if current is None:
        raise NotFound("This service")
    if_match(request, current.sequence, to_response(current, caller))
    if current.retired_at is not None:
        raise Conflict("This service is already retired.", code="ALREADY_RETIRED", type="conflict")
    if dependents := (await catalogue.load_graph(tx)).direct_dependents.get(
        service_node(current.key), ()
    ):
        raise Conflict(
            f"{', '.join(dependents)} runs on it. Change that first.",
            services=list(dependents),
            code="STILL_NEEDED",
            type="conflict",
            parameters={"services": ", ".join(dependents)},
        )
    at = await transaction_time(tx)
    await catalogue.set_retired(tx, current.service_id, current.sequence + 1, at)
    retired = await catalogue.find(tx, current.service_id)
    assert retired is not None
    await _emit(tx, retired, caller, "service.retire")
    return to_response(retired, caller)


@routes.get("")
async def list_services(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:read")],
) -> Page[ServiceRead]:
    """List services, by key. Customers see what they bought."""
    rows = await catalogue.page(tx, caller.customer, page.limit, page.after_as(str))
    return page.page_of(rows, lambda one: to_response(one, caller), lambda one: (one.key,))


@routes.get("/{service}")
async def get_service(
    name: ServiceRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("catalogue:read")],
) -> ServiceRead:
    """Get a service version: the newest one by key or service id, another one by its own id."""
    current = await catalogue.find(tx, id_or_key(name), caller.customer)
    if current is None:
        raise NotFound("This service")
    set_etag(response, current.sequence)
    return to_response(current, caller)


@routes.get("/{service}/versions")
async def list_versions(
    name: ServiceRef,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("catalogue:assess")],
) -> Page[ServiceRead]:
    """List the versions of a service, newest first."""
    current = await catalogue.find(tx, id_or_key(name))
    if current is None:
        raise NotFound("This service")
    after = page.after_as(int)
    rows = await catalogue.list_versions(tx, current.service_id, page.limit, after)
    return page.page_of(rows, lambda one: to_response(one, caller), lambda one: (one.version,))


async def _build_version(
    tx: Connection, body: ServiceCreate, previous: Service | None, caller: Caller
) -> Service:
    """Build the requested version. Raises ValidationFailed with every unknown key and the cycle."""
    service_needs = body.to_needs()
    violations = [*await _unknown_references(tx, body), *await _cycle_violations(tx, body)]
    calendar = None if body.hours is None else await calendars.find(tx, id_or_key(body.hours))
    if body.hours is not None and calendar is None:
        violations.append(
            Violation("/hours", "unknown_reference", f"there is no calendar {body.hours!r}")
        )
    if violations:
        raise ValidationFailed(violations)
    return Service(
        id=uuid7(),
        service_id=previous.service_id if previous else uuid7(),
        key=body.key,
        version=previous.version + 1 if previous else 1,
        name=body.name,
        owner=body.owner,
        description=body.description,
        hours=calendar.id if calendar else None,
        price=body.to_price(),
        sold_to=tuple(sorted(set(body.sold_to))),
        runs_on=service_needs,
        created_by=caller.sub,
        created_at=await transaction_time(tx),
        sequence=previous.sequence + 1 if previous else 1,
    )


async def _unknown_references(tx: Connection, body: ServiceCreate) -> list[Violation]:
    service_needs = body.to_needs()
    own = service_node(body.key)  # running on itself is a cycle: see `_cycle_violations`
    unknown_nodes = await catalogue.find_unknown_nodes(
        tx, {n for need in service_needs for n in need.nodes} - {own}
    )
    unknown_customers = await catalogue.find_unknown_customers(tx, body.sold_to)
    node_violations = [
        Violation(f"/runs_on/{index}", "unknown_reference", f"there is no {node.kind} {node.key!r}")
        for index, need in enumerate(service_needs)
        for node in need.nodes
        if node in unknown_nodes
    ]
    buyer_violations = [
        unknown_customer(key, f"/sold_to/{index}")
        for index, key in enumerate(body.sold_to)
        if key in unknown_customers
    ]
    return node_violations + buyer_violations


async def _cycle_violations(tx: Connection, body: ServiceCreate) -> list[Violation]:
    existing = (await catalogue.load_graph(tx)).needs
    cycle_path = find_cycle({**existing, body.key: body.to_needs()})
    if cycle_path is None:
        return []
    detail = f"a service cannot run on itself: {' > '.join(cycle_path)}"
    return [Violation("/runs_on", "cycle", detail)]


async def _emit(tx: Connection, service_version: Service, caller: Caller, action: str) -> None:
    at = service_version.retired_at or service_version.created_at
    await publish(tx, to_event(service_version, at))
    grounds = {
        "key": service_version.key,
        "version": service_version.version,
        "runs_on": catalogue.dump_needs(service_version.runs_on),
    }
    subject = f"service/{service_version.service_id}"
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
