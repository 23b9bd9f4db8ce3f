"""The catalogue over HTTP: written by gm and tom, in versions, without cycles; read by buyers."""

import asyncio
from typing import Any
from xml.etree import ElementTree

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, outbox_events
from sla.catalogue.chart import all_nodes, render_svg
from sla.catalogue.domain.graph import Graph
from sla.handlers import HANDLERS
from sla_support.assertions import violation_pointers
from sla_support.catalogue_scenario import announce_directory, any_of, describe_service
from sla_support.company import AMSTERDAM, BRIGHTWATER, promise, ticket_opened

SVG = "{http://www.w3.org/2000/svg}"


async def test_a_service_is_versioned_announced_and_keeps_its_past(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """A5"""
    await announce_directory(database)
    await theo.post("/v1/calendars", json=AMSTERDAM | {"key": "office"})
    price = {"amount": "1200.00", "currency": "EUR"}
    sold = {"sold_to": ["acme"], "hours": "office", "price": price}
    first = await describe_service(theo, "billing", "environment/acme-prod", **sold)
    assert first.status_code == 201, first.text
    spared = any_of("environment/acme-prod", "environment/acme-spare")
    second = (await describe_service(gina, "billing", spared, **sold)).json()
    assert (second["version"], second["runs_on"], second["price"]) == (2, [spared], price)
    assert (await theo.get(first.headers["Location"])).json()["version"] == 1
    first_page = (await theo.get("/v1/services/billing/versions?limit=1")).json()
    rest = (await theo.get(f"/v1/services/billing/versions?cursor={first_page['next']}")).json()
    assert [one["created_by"] for one in first_page["items"] + rest["items"]] == ["gina", "theo"]
    events = [
        one for one in await outbox_events(database) if one.type == "opsdesk.service.catalogued.v1"
    ]
    assert [(one.sequence, one.body["version"]) for one in events] == [(1, 1), (2, 2)]
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE service_versions SET name = 'x'"))


async def test_a_cycle_and_what_nobody_knows_are_refused_by_name(
    database: Database, theo: AsyncClient
) -> None:
    await announce_directory(database)
    await describe_service(theo, "identity")
    await describe_service(theo, "billing", "service/identity")
    circular = await describe_service(
        theo, "identity", any_of("service/billing", "partner/hosthaven")
    )
    assert violation_pointers(circular) == ["/runs_on"]
    assert "billing > identity > billing" in circular.text or "identity > billing" in circular.text
    assert (
        "identity > identity" in (await describe_service(theo, "identity", "service/identity")).text
    )
    unknown_references = {"sold_to": ["acme", "nobody"], "hours": "never-made"}
    nowhere = await describe_service(theo, "portal", **unknown_references)
    assert violation_pointers(nowhere) == ["/hours", "/sold_to/1"]
    nowhere = await describe_service(theo, "portal", "service/billing", "environment/moon")
    assert violation_pointers(nowhere) == ["/runs_on/1"]
    assert (
        violation_pointers(
            await describe_service(theo, "portal", any_of("partner/hosthaven", at_least=2))
        )
        != []
    )
    for wrong, inside in (("cloud/nine", ""), (any_of("cloud/nine"), "/any_of/0")):
        found = violation_pointers(await describe_service(theo, "portal", wrong))
        assert found == [f"/runs_on/0{inside}"]
    assert (await theo.get("/v1/services/identity")).json()["version"] == 1
    assert (await theo.get("/v1/services/portal")).status_code == 404


async def test_two_changes_at_once_make_no_cycle_together(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """Each is without a cycle; both would be one. Ten times, since it is a race."""
    for turn in range(10):
        one, other = f"east-{turn}", f"west-{turn}"
        await describe_service(theo, one)
        await describe_service(theo, other)
        answers = await asyncio.gather(
            describe_service(theo, one, f"service/{other}"),
            describe_service(gina, other, f"service/{one}"),
        )
        assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_who_changes_a_service_changes_what_they_have_seen(
    database: Database, theo: AsyncClient
) -> None:
    await describe_service(theo, "billing")
    body = {"key": "billing", "name": "Billing", "owner": "ops"}
    stale = await theo.post("/v1/services", json=body, headers={"If-Match": '"9"'})
    assert (stale.status_code, stale.json()["present"]["version"]) == (412, 1)
    seen = (await theo.get("/v1/services/billing")).headers["ETag"]
    assert (
        await theo.post("/v1/services", json=body, headers={"If-Match": seen})
    ).status_code == 201


async def test_what_others_run_on_is_not_retired(database: Database, theo: AsyncClient) -> None:
    await describe_service(theo, "identity")
    await describe_service(theo, "billing", "service/identity")
    refused = await theo.post("/v1/services/identity/retire")
    assert (refused.status_code, refused.json()["services"]) == (409, ["billing"])
    await describe_service(theo, "billing")
    gone = (await theo.post("/v1/services/identity/retire")).json()
    assert gone["retired_at"] is not None
    assert (await theo.post("/v1/services/identity/retire")).status_code == 409
    assert violation_pointers(await describe_service(theo, "billing", "service/identity")) == [
        "/runs_on/0"
    ]
    back = (await describe_service(theo, "identity")).json()
    assert (back["retired_at"], back["version"]) == (None, 2)
    assert (await describe_service(theo, "billing", "service/identity")).status_code == 201
    retired_flags = [
        one.body["retired"]
        for one in await outbox_events(database)
        if one.body["service"] == "identity"
    ]
    assert retired_flags == [False, True, False]


async def test_customers_see_what_they_bought_and_nothing_of_others(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    await announce_directory(database)
    await describe_service(
        theo, "billing", "environment/acme-prod", sold_to=["acme", "brightwater"]
    )
    await describe_service(theo, "portal", sold_to=["brightwater"])
    own_services = (await jan.get("/v1/services")).json()["items"]
    assert [(one["key"], one["sold_to"], one["runs_on"]) for one in own_services] == [
        ("billing", ["acme"], None)
    ]
    old = (await theo.get("/v1/services/billing")).json()["id"]
    await describe_service(theo, "billing", sold_to=["brightwater"])
    for name in ("billing", "portal", old):
        assert (await jan.get(f"/v1/services/{name}")).status_code == 404
    for address in ("impact?node=service/billing", "single-points"):
        assert (await jan.get(f"/v1/catalogue/{address}")).status_code == 403
    body = {"key": "mine", "name": "Mine", "owner": "jan"}
    assert (await jan.post("/v1/services", json=body)).status_code == 403


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
