"""A business partner reads its own contracts and how they were kept, and nothing else (R13, R4)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import TicketMerged
from common.persistence.database import Database
from opsdesk_testing.audience_marks import read_everything
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla.reports.rollup_jobs import recount_all
from sla_support.assertions import clocks_of
from sla_support.company import (
    HOUR,
    NINE,
    ticket_event,
)
from sla_support.partner_scene import (
    BRIGHTWATERS,
    NOT_FORWARDED,
    OTHERS,
    OWN,
    SECRETS,
    TITLE,
    Scene,
    make_scene,
)


@pytest.fixture
async def scene(app: FastAPI, database: Database) -> Scene:
    return await make_scene(database)


@pytest.fixture
async def hosthaven(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "hosthaven") as caller:
        yield caller


async def test_it_lists_the_clocks_of_its_own_contracts(
    scene: Scene, hosthaven: AsyncClient, theo: AsyncClient
) -> None:
    for query in ("state=stopped", "", "contract=sla", "per=ticket", "sort=due"):
        listed = (await hosthaven.get(f"/v1/clocks?{query}")).json()["items"]
        assert listed, query
        assert {one["ticket"] for one in listed} <= set(OWN)
        assert {(one["contract"], one["partner"]) for one in listed} == {("uc", "hosthaven")}
        assert {*listed[0]}.isdisjoint({"title", "customer", "environment", "ticket_id"})
    ours = (await theo.get("/v1/clocks?contract=uc&limit=200")).json()["items"]
    assert {one["ticket"] for one in ours} == {"OPS-2", "OPS-3"}


async def test_it_reads_the_clocks_of_a_ticket_that_it_got(
    scene: Scene, hosthaven: AsyncClient
) -> None:
    clocks = (await hosthaven.get("/v1/tickets/OPS-1/clocks")).json()["items"]
    assert {one["metric"] for one in clocks} == {"first_response", "resolution"}
    assert {one["contract"] for one in clocks} == {"uc"}
    for ticket in (OTHERS, NOT_FORWARDED, "OPS-999"):
        assert (await hosthaven.get(f"/v1/tickets/{ticket}/clocks")).status_code == 404


async def test_it_reads_one_clock_with_firings_and_explanation(
    scene: Scene, hosthaven: AsyncClient
) -> None:
    clock = (await hosthaven.get(f"/v1/clocks/{scene.own}")).json()
    assert (clock["ticket"], clock["outcome"]) == ("OPS-1", "met")
    explained = await hosthaven.get(f"/v1/clocks/{scene.own}/explanation")
    assert explained.json()["status"].startswith("stopped: met with")
    response = await hosthaven.get(f"/v1/clocks/{scene.own}/explanation?format=text")
    assert response.text.startswith("OPS-1: resolution by hosthaven, major")
    assert (await hosthaven.get(f"/v1/clocks/{scene.own}/explanation.svg")).status_code == 200
    for id in (scene.of_other_partner, scene.of_customer, UUID(int=9)):
        for path in (f"/v1/clocks/{id}", f"/v1/clocks/{id}/explanation"):
            assert (await hosthaven.get(path)).status_code == 404


async def test_why_a_ticket_ended_is_not_told(
    scene: Scene, database: Database, hosthaven: AsyncClient
) -> None:
    merged = ticket_event(
        TicketMerged, 2, NINE + 9 * HOUR, **BRIGHTWATERS, title=TITLE, into="OPS-4",
        into_id=UUID(int=4), state="closed",
    )  # fmt: skip
    await deliver(database, HANDLERS, (merged, 3))
    theirs = (await clocks_of(database, 2, 1))["resolution"]
    text = (await hosthaven.get(f"/v1/clocks/{theirs.id}/explanation?format=text")).text
    assert "OPS-4" not in text
    assert "ended" in text


async def test_it_reads_its_contracts_as_data_and_paper(
    scene: Scene, hosthaven: AsyncClient
) -> None:
    listed = (await hosthaven.get("/v1/agreements")).json()["items"]
    assert [(one["key"], one["partner"]) for one in listed] == [("hosthaven-standard", "hosthaven")]
    assert {*listed[0]}.isdisjoint({"customer", "customers", "house_default", "drafted_by"})
    page = await hosthaven.get("/v1/agreements/hosthaven-standard/page")
    assert page.status_code == 200
    assert "Hosthaven" in page.text
    for key in ("otherhost-standard", "acme-standard", "for-everybody-else", "nothing"):
        for path in (f"/v1/agreements/{key}", f"/v1/agreements/{key}/page"):
            assert (await hosthaven.get(path)).status_code == 404


async def test_a_draft_is_not_shown_before_it_is_published(
    scene: Scene, hosthaven: AsyncClient, theo: AsyncClient
) -> None:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 3600}
    terms = {"contract": "uc", "partner": "hosthaven", "calendar": "office", "targets": [target]}
    body = terms | {"key": "hosthaven-next", "valid_from": "2027-01-01T00:00:00Z"}
    assert (await theo.post("/v1/agreements", json=body)).status_code == 201
    assert (await hosthaven.get("/v1/agreements/hosthaven-next")).status_code == 404


async def test_it_reads_the_figures_that_we_read_of_it(
    scene: Scene, database: Database, hosthaven: AsyncClient, theo: AsyncClient
) -> None:
    """The part of a month's review that is about its promises, and the times behind it."""
    await recount_all(database)
    query = "from=2026-06-01&to=2026-07-01&group_by=agreement"
    for report in ("compliance", "response"):
        theirs = (await hosthaven.get(f"/v1/reports/{report}?{query}")).json()
        own = f"{query}&contract=uc&agreement=hosthaven-standard"
        ours = (await theo.get(f"/v1/reports/{report}?{own}")).json()
        assert theirs["rows"] == ours["rows"] != []
        assert theirs["total"] == ours["total"]
        assert theirs["pending"] == ours["pending"]
    everything = (await theo.get(f"/v1/reports/compliance?{query}&contract=uc")).json()
    assert len(everything["rows"]) == 2
    foreign = await hosthaven.get(f"/v1/reports/compliance?{query}&agreement=otherhost-standard")
    assert foreign.json()["rows"] == []
    for asked in ("group_by=customer", "group_by=service", "service=clinic-records"):
        for report in ("compliance", "response"):
            answer = await hosthaven.get(f"/v1/reports/{report}?{asked}")
            assert answer.status_code == 403, (report, asked)
    lifetime = (await hosthaven.get("/v1/reports/response?metric=lifetime")).json()
    assert lifetime["total"]["ended"] == 0


async def test_whose_tickets_they_are_is_nowhere_to_be_seen(
    scene: Scene, app: FastAPI, hosthaven: AsyncClient, theo: AsyncClient
) -> None:
    """Every GET of the service, in every form: names, titles and keys of others are in none."""
    ids = {
        "agreement": ["hosthaven-standard", "acme-standard", "otherhost-standard"],
        "clock": [str(one) for one in (scene.own, scene.of_other_partner, scene.of_customer)],
        "ticket": [*OWN, OTHERS, NOT_FORWARDED],
        "calendar": ["office"],
        "customer": ["acme"],
        "service": ["billing"],
    }
    answers = await read_everything(hosthaven, app, ids, {})
    asked = {address: text for address, text in answers.items() if '"instance"' not in text}
    shown = {address: word for address, text in asked.items() for word in SECRETS if word in text}
    assert shown == {}
    of_ours = await read_everything(theo, app, ids, {})
    seen = {word for text in of_ours.values() for word in SECRETS if word in text}
    assert {"acme", "brightwater", "Zqtitle", "otherhost"} <= seen, "else this search finds nothing"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/agreements/hosthaven-standard/comments",
        "/v1/agreements/hosthaven-standard/diff?from=1&to=1",
        "/v1/agreements/hosthaven-standard/extensions",
        "/v1/calendars",
        "/v1/outages",
        "/v1/reports/volume",
        "/v1/reports/costs",
        "/v1/reviews",
        "/v1/services",
        "/v1/status",
        "/v1/waivers",
        "/v1/waiting-for-me",
    ],
)
async def test_what_is_not_of_its_promises_it_may_not_ask(
    scene: Scene, hosthaven: AsyncClient, path: str
) -> None:
    assert (await hosthaven.get(path)).status_code == 403


@pytest.mark.parametrize(
    "query", ["assignee=anna", "team=ops", "service=clinic-records", "ticket_state=resolved"]
)
async def test_what_it_is_not_told_of_a_ticket_no_filter_tells(
    scene: Scene, hosthaven: AsyncClient, query: str
) -> None:
    assert (await hosthaven.get(f"/v1/clocks?{query}")).status_code == 403


async def test_a_customer_s_clocks_are_no_answer_to_any_filter(
    scene: Scene, hosthaven: AsyncClient
) -> None:
    for query in ("customer=acme", "customer=nobody", "agreement=acme-standard"):
        assert (await hosthaven.get(f"/v1/clocks?{query}")).json()["items"] == []


async def test_a_role_without_a_partner_opens_nothing(app: FastAPI, scene: Scene) -> None:
    async with client(app, "somebody", roles=["partner"]) as nobody:
        assert (await nobody.get("/v1/clocks")).status_code == 403
