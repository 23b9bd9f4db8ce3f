"""What hangs on what: the impact of an outage, a window or a delivery; single points of failure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Instant, ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements.domain.agreement import applicable_agreement
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import NeverOpens, OutOfRange
from sla.catalogue.chart import all_nodes, neighbourhood, render_svg
from sla.catalogue.domain.graph import Node, parse_node, service_node
from sla.catalogue.domain.impact import AffectedService, Effect, compute_impact
from sla.catalogue.domain.single_points import single_points
from sla.catalogue.schemas import NodeName
from sla.catalogue.store import catalogue
from sla.catalogue.store import exposed_clocks as exposure
from sla.directory.store import directory

routes = router("/v1/catalogue", tags=["catalogue"])

MAX_CLOCKS = 200
MAX_NODES = 20
SVG_MEDIA_TYPE = "image/svg+xml"


class AffectedCustomerRead(ResponseModel):
    customer: str
    effect: Effect


class AffectedServiceRead(ResponseModel):
    """`path`: the way from the service down to what fails."""

    service: str
    effect: Effect
    path: list[str]
    customers: list[AffectedCustomerRead]


class AffectedPromiseRead(ResponseModel):
    """`promised_seconds`: the agreement's service time within the window, where one was given."""

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
    """`clocks`: open ones, those that break first; `more_clocks` says that there are others."""

    nodes: list[str]
    services: list[AffectedServiceRead]
    customers: list[str]
    promises: list[AffectedPromiseRead]
    clocks: list[AffectedClockRead]
    more_clocks: bool


class SinglePointRead(ResponseModel):
    """Alone it takes these services down, and these customers feel it."""

    node: str
    services: list[str]
    customers: list[str]


class SinglePointsRead(ResponseModel):
    items: list[SinglePointRead]


@routes.get("/impact")
async def get_impact(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(min_length=1, max_length=MAX_NODES)],
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
) -> ImpactRead:
    """List the services and promises that an outage of these nodes affects. What it means when
    these nodes do not work: an outage, or a window or delivery that is planned.

    With `from` and `to`, also how much promised time lies in between.
    """
    window = _parse_window(since, until)
    graph = await catalogue.load_graph(tx)
    nodes = await _resolve_nodes(tx, node)
    hits = compute_impact(graph, nodes)
    environments = [one.key for one in nodes if one.kind == "environment"]
    owners = {graph.owners[key] for key in environments if key in graph.owners}
    purchases = [(customer, hit.service) for hit in hits for customer in hit.customers]
    clocks = await exposure.list_exposed(tx, purchases, environments, MAX_CLOCKS + 1)
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


@routes.get("/single-points")
async def list_single_points(
    tx: Transaction, caller: Annotated[Caller, requires("catalogue:assess")]
) -> SinglePointsRead:
    """List the single points of failure, those with most customers first. Nodes without which a
    service has nothing left to run on; those with most customers first."""
    points = single_points(await catalogue.load_graph(tx))
    return SinglePointsRead(
        items=[
            SinglePointRead(
                node=str(one.node), services=list(one.services), customers=list(one.customers)
            )
            for one in points
        ]
    )


def _parse_window(
    since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime] | None:
    if since is None and until is None:
        return None
    if since is None or until is None or until <= since:
        detail = "give both `from` and `to`, the later one second"
        raise ValidationFailed([Violation("/query/to", "window", detail)])
    return since, until


async def _resolve_nodes(tx: Connection, names: Sequence[str]) -> list[Node]:
    nodes = list(dict.fromkeys(map(parse_node, names)))
    if unknown := await catalogue.find_unknown_nodes(tx, nodes):
        raise ValidationFailed(
            [
                Violation("/query/node", "unknown", f"there is no {one.kind} {one.key!r}")
                for one in sorted(unknown)
            ]
        )
    return nodes


def _service_response(affected: AffectedService) -> AffectedServiceRead:
    customers = [
        AffectedCustomerRead(customer=key, effect=felt) for key, felt in affected.customers.items()
    ]
    path = [str(node) for node in affected.path]
    return AffectedServiceRead(
        service=affected.service, effect=affected.effect, path=path, customers=customers
    )


async def _affected_promises(
    tx: Connection, purchases: Sequence[tuple[str, str]], window: tuple[datetime, datetime] | None
) -> list[AffectedPromiseRead]:
    """The agreements that cover what is hit now, each with the services of it that are hit."""
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


@routes.get(
    "/graph.svg",
    response_class=Response,
    responses={200: {"content": {SVG_MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def get_catalogue_svg(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(max_length=MAX_NODES)] = [],  # noqa: B006 - FastAPI's
) -> Response:
    """Render the service graph as SVG. With `node`: what rests upon these nodes, and how their
    failure hits it."""
    graph = await catalogue.load_graph(tx)
    failed = await _resolve_nodes(tx, node)
    nodes = neighbourhood(graph, failed) if failed else all_nodes(graph)
    service_effects: dict[Node, Effect] = {
        service_node(hit.service): hit.effect for hit in compute_impact(graph, failed)
    }
    single_point_nodes = {one.node for one in single_points(graph)}
    effects: dict[Node, Effect] = service_effects | dict.fromkeys(failed, "down")
    return Response(
        render_svg(graph, nodes, single_point_nodes, effects), media_type=SVG_MEDIA_TYPE
    )
