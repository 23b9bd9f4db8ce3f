"""HTTP in: the graph of services as a chart, and its single points of failure."""

from typing import Annotated

from fastapi import Query, Response

from common.auth import Caller, requires
from common.http import ResponseModel, Transaction, router
from sla.catalogue.chart import all_nodes, neighbourhood, render_svg
from sla.catalogue.dependencies import MAX_NODES, resolve_nodes
from sla.catalogue.domain.graph import Node, service_node
from sla.catalogue.domain.impact import Effect, compute_impact
from sla.catalogue.domain.single_points import single_points
from sla.catalogue.schemas import NodeName
from sla.catalogue.store import catalogue
from sla.rendering.theme_parameter import Theme

routes = router("/v1/catalogue", tags=["catalogue"])

SVG_MEDIA_TYPE = "image/svg+xml"


class SinglePointRead(ResponseModel):
    """The failure of `node` alone takes down these services of these customers."""

    node: str
    services: list[str]
    customers: list[str]


class SinglePointsRead(ResponseModel):
    items: list[SinglePointRead]


@routes.get("/single-points")
async def list_single_points(
    tx: Transaction, caller: Annotated[Caller, requires("catalogue:assess")]
) -> SinglePointsRead:
    """List the single points of failure, those with most customers first.

    These are nodes whose failure alone takes a service down.
    """
    points = single_points(await catalogue.load_graph(tx))
    return SinglePointsRead(
        items=[
            SinglePointRead(
                node=str(one.node), services=list(one.services), customers=list(one.customers)
            )
            for one in points
        ]
    )


@routes.get(
    "/graph.svg",
    response_class=Response,
    responses={200: {"content": {SVG_MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def get_catalogue_svg(
    tx: Transaction,
    caller: Annotated[Caller, requires("catalogue:assess")],
    node: Annotated[list[NodeName], Query(max_length=MAX_NODES)] = [],  # noqa: B006 - FastAPI's
    theme: Theme = "light",
) -> Response:
    """Render the service graph as SVG. With `node`: what depends on these nodes, and the effects of
    their failure."""
    graph = await catalogue.load_graph(tx)
    failed = await resolve_nodes(tx, node)
    nodes = neighbourhood(graph, failed) if failed else all_nodes(graph)
    service_effects: dict[Node, Effect] = {
        service_node(one.service): one.effect for one in compute_impact(graph, failed)
    }
    single_point_nodes = {one.node for one in single_points(graph)}
    effects: dict[Node, Effect] = service_effects | dict.fromkeys(failed, "down")
    return Response(
        render_svg(graph, nodes, single_point_nodes, effects, theme), media_type=SVG_MEDIA_TYPE
    )
