"""The catalogue as a graph over HTTP: what a failure hits, and the picture of it."""

from typing import Any
from xml.etree import ElementTree

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.catalogue.chart import all_nodes, render_svg
from sla.catalogue.domain.graph import Graph
from sla.handlers import HANDLERS
from sla_support.catalogue_scenario import announce_directory, any_of, describe_service
from sla_support.company import BRIGHTWATER, promise, ticket_opened

SVG = "{http://www.w3.org/2000/svg}"


async def test_an_outage_shows_whom_it_hits_and_which_promises(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    await announce_directory(database)
    spared = any_of("environment/acme-prod", "environment/acme-spare")
    both = {"sold_to": ["acme", "brightwater"]}
    await describe_service(theo, "identity", "partner/hosthaven")
    await describe_service(
        theo, "billing", spared, "environment/brightwater-prod", "service/identity", **both
    )
    theirs: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    await deliver(
        database,
        HANDLERS,
        (ticket_opened(1, service="billing"), 1),
        (ticket_opened(2, service="billing", **theirs), 1),
        (ticket_opened(3, service="other"), 1),
        (ticket_opened(4, environment="acme-prod"), 1),
    )
    spare_gone = (await theo.get("/v1/catalogue/impact?node=environment/acme-prod")).json()
    (hit,) = spare_gone["services"]
    assert hit["customers"] == [{"customer": "acme", "effect": "degraded"}]
    assert {one["ticket"] for one in spare_gone["clocks"]} == {"OPS-1", "OPS-4"}
    window = "from=2026-06-01T14:00:00Z&to=2026-06-02T14:00:00Z"
    host = (await theo.get(f"/v1/catalogue/impact?node=partner/hosthaven&{window}")).json()
    assert [(one["service"], one["effect"]) for one in host["services"]] == [
        ("identity", "down"),
        ("billing", "down"),
    ]
    assert host["services"][1]["path"] == [
        "service/billing",
        "service/identity",
        "partner/hosthaven",
    ]
    assert host["customers"] == ["acme", "brightwater"]
    promises = {one["agreement"]: one["promised_seconds"] for one in host["promises"]}
    assert promises == {"acme-standard": 9 * 3600, "brightwater-standard": 9 * 3600}
    assert {one["ticket"] for one in host["clocks"]} == {"OPS-1", "OPS-2"}
    both_gone = "node=environment/acme-prod&node=environment/acme-spare"
    down = (await theo.get(f"/v1/catalogue/impact?{both_gone}")).json()["services"]
    assert down[0]["customers"] == [{"customer": "acme", "effect": "down"}]
    weak = (await theo.get("/v1/catalogue/single-points")).json()["items"]
    assert [(one["node"], one["customers"]) for one in weak] == [
        ("partner/hosthaven", ["acme", "brightwater"]),
        ("service/identity", ["acme", "brightwater"]),
        ("environment/brightwater-prod", ["brightwater"]),
    ]


@pytest.mark.parametrize(
    "query",
    [
        "node=environment/moon",
        "node=moon",
        "node=service/billing&from=2026-06-01T14:00:00Z",
        "node=service/billing&from=2026-06-02T14:00:00Z&to=2026-06-01T14:00:00Z",
        "",
    ],
)
async def test_a_question_about_nothing_is_refused(
    database: Database, theo: AsyncClient, query: str
) -> None:
    await describe_service(theo, "billing")
    assert (await theo.get(f"/v1/catalogue/impact?{query}")).status_code == 422


async def test_the_graph_is_drawn_and_what_a_failure_hits_is_marked(
    database: Database, theo: AsyncClient
) -> None:
    await announce_directory(database)
    spared = any_of("environment/acme-prod", "environment/acme-spare")
    await describe_service(theo, "identity", "partner/hosthaven")
    await describe_service(theo, "billing", spared, "service/identity", sold_to=["acme"])
    await describe_service(theo, "alone")
    all_services_svg = await theo.get("/v1/catalogue/graph.svg")
    assert all_services_svg.headers["content-type"].startswith("image/svg+xml")
    titles = [one.text for one in ElementTree.fromstring(all_services_svg.text).iter(f"{SVG}title")]
    assert "partner/hosthaven: partner, single point of failure" in titles
    assert "service/billing: for acme" in titles
    assert "service/alone: service" in titles
    assert "1 of 2" in all_services_svg.text
    part = await theo.get("/v1/catalogue/graph.svg?node=environment/acme-prod")
    marked_titles = [one.text for one in ElementTree.fromstring(part.text).iter(f"{SVG}title")]
    assert "service/billing: degraded" in marked_titles
    assert "environment/acme-prod: down" in marked_titles
    assert "service/alone: service" not in marked_titles


def test_a_name_cannot_write_into_the_picture() -> None:
    graph = Graph({"a": ()}, {"a": frozenset({"<script>&"})})
    picture = render_svg(graph, all_nodes(graph))
    assert "<script>" not in picture
    ElementTree.fromstring(picture)
