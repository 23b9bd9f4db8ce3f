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
from sla.agreements.domain.agreement import holding
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import NeverOpens, OutOfRange
from sla.catalogue.chart import around, drawn, everything
from sla.catalogue.domain.graph import Node, node_of, service
from sla.catalogue.domain.impact import Effect, Hit, impact
from sla.catalogue.domain.single_points import single_points
from sla.catalogue.schemas import NodeName
from sla.catalogue.store import catalogue
from sla.catalogue.store import exposed_clocks as exposure
from sla.directory.store import directory

routes = router("/v1/catalogue", tags=["catalogue"])

MOST_CLOCKS = 200
MOST_NODES = 20
SVG = "image/svg+xml"


class HitCustomer(ResponseModel):
    customer: str
    effect: Effect


class HitService(ResponseModel):
    """`path`: the way from the service down to what fails."""

    service: str
    effect: Effect
    path: list[str]
    customers: list[HitCustomer]


class HitPromise(ResponseModel):
    """`promised_seconds`: the agreement's service time within the window, where one was given."""

    agreement: str
    version: int
    customer: str
    services: list[str]
    promised_seconds: int | None


class HitClock(ResponseModel):
    id: UUID
    ticket: str
    metric: str
    customer: str | None
    service: str | None
    environment: str | None
    deadline: datetime | None


class ImpactTold(ResponseModel):
    """`clocks`: open ones, those that break first; `more_clocks` says that there are others."""

    nodes: list[str]
    services: list[HitService]
    customers: list[str]
    promises: list[HitPromise]
    clocks: list[HitClock]
    more_clocks: bool


class SinglePointTold(ResponseModel):
    """Alone it takes these services down, and these customers feel it."""

    node: str
    services: list[str]
    customers: list[str]


class SinglePointsTold(ResponseModel):
    items: list[SinglePointTold]


@routes.get("/impact")
async def show_impact(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(min_length=1, max_length=MOST_NODES)],
    since: Annotated[Instant | None, Query(alias="from")] = None,
    until: Annotated[Instant | None, Query(alias="to")] = None,
) -> ImpactTold:
    """What it means when these nodes do not work: an outage, or a window or delivery that is planned.

    With `from` and `to`, also how much promised time lies in between.
    """
    window = _window(since, until)
    graph = await catalogue.graph(tx)
    nodes = await _nodes(tx, node)
    hits = impact(graph, nodes)
    environments = [one.key for one in nodes if one.kind == "environment"]
    owners = {graph.owners[key] for key in environments if key in graph.owners}
    bought = [(customer, hit.service) for hit in hits for customer in hit.customers]
    clocks = await exposure.exposed(tx, bought, environments, MOST_CLOCKS + 1)
    return ImpactTold(
        nodes=list(map(str, nodes)),
        services=[_service(hit) for hit in hits],
        customers=sorted(owners | {customer for customer, _ in bought}),
        promises=await _promises(tx, bought, window),
        clocks=[
            HitClock(
                id=one.id,
                ticket=one.ticket.key,
                metric=one.clock.metric,
                customer=one.ticket.customer,
                service=one.ticket.service,
                environment=one.ticket.environment,
                deadline=one.clock.deadline,
            )
            for one in clocks[:MOST_CLOCKS]
        ],
        more_clocks=len(clocks) > MOST_CLOCKS,
    )


@routes.get("/single-points")
async def show_single_points(
    tx: Transaction, caller: Annotated[Caller, requires("catalogue:assess")]
) -> SinglePointsTold:
    """Nodes without which a service has nothing left to run on; those with most customers first."""
    found = single_points(await catalogue.graph(tx))
    return SinglePointsTold(
        items=[
            SinglePointTold(
                node=str(one.node), services=list(one.services), customers=list(one.customers)
            )
            for one in found
        ]
    )


def _window(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime] | None:
    if since is None and until is None:
        return None
    if since is None or until is None or until <= since:
        said = "give both `from` and `to`, the later one second"
        raise ValidationFailed([Violation("/query/to", "window", said)])
    return since, until


async def _nodes(tx: Connection, names: Sequence[str]) -> list[Node]:
    nodes = list(dict.fromkeys(map(node_of, names)))
    if nowhere := await catalogue.unknown(tx, nodes):
        raise ValidationFailed(
            [
                Violation("/query/node", "unknown", f"there is no {one.kind} {one.key!r}")
                for one in sorted(nowhere)
            ]
        )
    return nodes


def _service(hit: Hit) -> HitService:
    customers = [HitCustomer(customer=key, effect=felt) for key, felt in hit.customers.items()]
    because = [str(node) for node in hit.because]
    return HitService(service=hit.service, effect=hit.effect, path=because, customers=customers)


async def _promises(
    tx: Connection, bought: Sequence[tuple[str, str]], window: tuple[datetime, datetime] | None
) -> list[HitPromise]:
    """The agreements that cover what is hit now, each with the services of it that are hit."""
    at = await transaction_time(tx)
    covering: dict[UUID, HitPromise] = {}
    known = await directory.customer_ids(tx, {customer for customer, _ in bought})
    published = await agreements.published(tx, known.values())
    for customer, key in sorted(bought):
        found = holding(published.get(known[customer], ()), key, at)
        if found is None:
            continue
        promise = covering.get(found.id) or HitPromise(
            agreement=found.key,
            version=found.version,
            customer=customer,
            services=[],
            promised_seconds=await _promised(tx, found.calendar, window),
        )
        promise.services.append(key)
        covering[found.id] = promise
    return list(covering.values())


async def _promised(
    tx: Connection, calendar: UUID, window: tuple[datetime, datetime] | None
) -> int | None:
    if window is None:
        return None
    try:
        table = (await calendars.timetables(tx, [calendar]))[calendar]
        return int(table.between(*window).total_seconds())
    except (NeverOpens, OutOfRange) as error:
        raise ValidationFailed([Violation("/query/to", "out_of_range", str(error))]) from None


@routes.get(
    "/graph.svg",
    response_class=Response,
    responses={200: {"content": {SVG: {"schema": {"type": "string"}}}}},
)
async def show_picture(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(max_length=MOST_NODES)] = [],  # noqa: B006 - FastAPI's
) -> Response:
    """The graph as SVG. With `node`: what rests upon these nodes, and how their failure hits it."""
    graph = await catalogue.graph(tx)
    failed = await _nodes(tx, node)
    shown = around(graph, failed) if failed else everything(graph)
    felt: dict[Node, Effect] = {service(hit.service): hit.effect for hit in impact(graph, failed)}
    fatal = {one.node for one in single_points(graph)}
    effects: dict[Node, Effect] = felt | dict.fromkeys(failed, "down")
    return Response(drawn(graph, shown, fatal, effects), media_type=SVG)
