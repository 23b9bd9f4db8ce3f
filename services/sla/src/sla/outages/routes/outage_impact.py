"""HTTP in: the impact of failed nodes or of a planned window on services, promises and clocks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Instant, ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import applicable_agreement
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import NeverOpens, OutOfRange
from sla.catalogue.dependencies import MAX_NODES, resolve_nodes
from sla.catalogue.domain.impact import AffectedService, Effect, compute_impact
from sla.catalogue.schemas import NodeName
from sla.catalogue.store import catalogue
from sla.clocks.store import exposed_clocks
from sla.directory.store import directory

routes = router("/v1/catalogue", tags=["catalogue"])

MAX_CLOCKS = 200


class AffectedCustomerRead(ResponseModel):
    customer: str
    effect: Effect


class AffectedServiceRead(ResponseModel):
    """`path`: the shortest path from the service down to a failed node."""

    service: str
    effect: Effect
    path: list[str]
    customers: list[AffectedCustomerRead]


class AffectedPromiseRead(ResponseModel):
    """`promised_seconds`: the agreed service time within the window; null without a window."""

    agreement: str
    version: int
    customer: str
    services: list[str]
    promised_seconds: int | None


class AffectedClockRead(ResponseModel):
    id: UUID
    ticket: str
    metric: str
    customer: str | None
    service: str | None
    environment: str | None
    deadline: datetime | None


class ImpactRead(ResponseModel):
    """`clocks`: the open ones with the next deadlines; `more_clocks`: there are others."""

    nodes: list[str]
    services: list[AffectedServiceRead]
    customers: list[str]
    promises: list[AffectedPromiseRead]
    clocks: list[AffectedClockRead]
    more_clocks: bool


@routes.get("/impact")
async def get_impact(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(min_length=1, max_length=MAX_NODES)],
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
) -> ImpactRead:
    """List the services, promises and clocks that an outage of these nodes affects.

    Also for planned maintenance or a delivery. With `from` and `to`: also the agreed service time
    in between.
    """
    window = _parse_window(since, until)
    graph = await catalogue.load_graph(tx)
    nodes = await resolve_nodes(tx, node)
    hits = compute_impact(graph, nodes)
    environments = [one.key for one in nodes if one.kind == "environment"]
    owners = {graph.owners[key] for key in environments if key in graph.owners}
    purchases = [(customer, hit.service) for hit in hits for customer in hit.customers]
    clocks = await exposed_clocks.list_exposed(tx, purchases, environments, MAX_CLOCKS + 1)
    return ImpactRead(
        nodes=list(map(str, nodes)),
        services=[_service_response(hit) for hit in hits],
        customers=sorted(owners | {customer for customer, _ in purchases}),
        promises=await _affected_promises(tx, purchases, window),
        clocks=[
            AffectedClockRead(
                id=one.id,
                ticket=one.ticket.key,
                metric=one.clock.metric,
                customer=one.ticket.customer,
                service=one.ticket.service,
                environment=one.ticket.environment,
                deadline=one.clock.deadline,
            )
            for one in clocks[:MAX_CLOCKS]
        ],
        more_clocks=len(clocks) > MAX_CLOCKS,
    )


def _parse_window(
    since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime] | None:
    if since is None and until is None:
        return None
    if since is None or until is None or until <= since:
        detail = "give both `from` and `to`, with `to` after `from`"
        raise ValidationFailed([Violation("/query/to", "window", detail)])
    return since, until


def _service_response(affected: AffectedService) -> AffectedServiceRead:
    customers = [
        AffectedCustomerRead(customer=key, effect=effect)
        for key, effect in affected.customers.items()
    ]
    path = [str(node) for node in affected.path]
    return AffectedServiceRead(
        service=affected.service, effect=affected.effect, path=path, customers=customers
    )


async def _affected_promises(
    tx: Connection, purchases: Sequence[tuple[str, str]], window: tuple[datetime, datetime] | None
) -> list[AffectedPromiseRead]:
    """Return the agreements that cover affected services now, each with those services."""
    at = await transaction_time(tx)
    promise_by_agreement: dict[UUID, AffectedPromiseRead] = {}
    customer_ids = await directory.get_customer_ids(tx, {customer for customer, _ in purchases})
    published = await agreements.list_binding(tx, customer_ids.values())
    for customer, key in sorted(purchases):
        agreement = applicable_agreement(published.get(customer_ids[customer], ()), key, at)
        if agreement is None:
            continue
        promise = promise_by_agreement.get(agreement.id) or AffectedPromiseRead(
            agreement=agreement.key,
            version=agreement.version,
            customer=customer,
            services=[],
            promised_seconds=await _promised_seconds(tx, agreement.calendar, window),
        )
        promise.services.append(key)
        promise_by_agreement[agreement.id] = promise
    return list(promise_by_agreement.values())


async def _promised_seconds(
    tx: Connection, calendar: UUID, window: tuple[datetime, datetime] | None
) -> int | None:
    if window is None:
        return None
    try:
        timetable = (await calendars.load_timetables(tx, [calendar]))[calendar]
        return int(timetable.between(*window).total_seconds())
    except (NeverOpens, OutOfRange) as error:
        raise ValidationFailed([Violation("/query/to", "out_of_range", str(error))]) from None
