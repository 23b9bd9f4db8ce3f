"""Reviews are published by two people, in editions that stay, and come in every form."""

import io
from uuid import UUID

import pytest
from httpx import AsyncClient
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.events.directory import ContactKnown
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla_support.assertions import assert_consistent, violation_pointers
from sla_support.company import ACME, HOUR, NINE, announce_customers, ticket_opened
from sla_support.review_month import JULY, review_events, run_june


async def test_what_is_published_stays_as_it_was_known(
    database: Database, theo: AsyncClient, dana: AsyncClient, jan: AsyncClient
) -> None:
    """A5: a later correction is a new edition, with its reason, by two people"""
    await run_june(database)
    address = "/v1/reviews/acme-2026-06"
    assert (await jan.get(address)).status_code == 404
    published = await dana.post(address + "/publish")
    assert (published.status_code, published.json()["edition"]) == (200, 1)
    assert (await dana.post(address + "/publish", json={})).status_code == 409
    first = (await jan.get(address)).json()
    late = ticket_opened(3, NINE + HOUR)
    await deliver(database, HANDLERS, (late, 1))
    assert (await jan.get(address)).json()["report"] == first["report"]
    await freeze_time(database, JULY + HOUR)
    assert (await theo.post(address + "/regenerate")).status_code == 200
    assert (await jan.get(address)).json()["report"] == first["report"]
    own = await theo.post(address + "/publish", json={"reason": "A ticket was phoned in late"})
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert violation_pointers(await dana.post(address + "/publish", json={})) == ["/reason"]
    again = await dana.post(address + "/publish", json={"reason": "A ticket was phoned in late"})
    assert again.json()["edition"] == 2
    newest = (await jan.get(address)).json()
    assert (newest["report"]["usage"]["opened"], newest["shown_edition"]) == (3, 2)
    assert (await jan.get(address + "?edition=1")).json()["report"] == first["report"]
    assert (await jan.get(address + "?edition=0")).status_code == 404
    assert (await jan.get(address + "?edition=3")).status_code == 404
    for change in (
        "UPDATE review_editions SET figures = '{}'",
        "DELETE FROM review_editions",
        "UPDATE review_minutes SET text = ''",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            await _execute_as_service(database, change)
    kinds = [one.type.split(".")[2] for one in await review_events(database)]
    assert kinds == ["ready", "published", "ready", "published"]
    await assert_consistent(database)


async def test_who_drew_it_up_does_not_publish_it(database: Database, dana: AsyncClient) -> None:
    """Four eyes, in the database as well"""
    await announce_customers(database, (ACME, "acme"))
    body = {"customer": "acme", "month": "2026-06"}
    drawn = await dana.post("/v1/reviews", json=body)
    assert drawn.status_code == 201
    assert (await dana.post("/v1/reviews", json=body)).status_code == 409
    shown = (await dana.get(drawn.headers["Location"])).json()
    assert shown["report"]["notes"] == [
        "De maand is nog niet voorbij: deze cijfers zijn voorlopig."
    ]
    own = await dana.post(drawn.headers["Location"] + "/publish")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    with pytest.raises(DBAPIError, match="check"):
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "INSERT INTO review_editions SELECT id, 1, figures, NULL, generated_by, generated_at, generated_by, generated_at FROM reviews"
                )
            )


async def test_its_audience_is_named_when_it_is_announced(
    database: Database, dana: AsyncClient
) -> None:
    await run_june(database)
    contact = str(UUID(int=12))
    jan = ContactKnown(
        at=NINE, contact_id=UUID(int=12), customer_id=ACME, customer="acme", language="nl"
    )
    await deliver(database, HANDLERS, (jan, 1))
    audience = {"people": ["theo", "dana", "theo"], "contacts": [contact]}
    put = await dana.put("/v1/customers/acme/review-audience", json=audience)
    assert put.json()["people"] == ["theo", "dana"]
    assert (await dana.get("/v1/customers/acme/review-audience")).json() == put.json()
    assert (
        await dana.put("/v1/customers/nobody/review-audience", json=audience)
    ).status_code == 404
    await dana.post("/v1/reviews/acme-2026-06/publish")
    published = (await review_events(database))[-1].body
    assert (published["people"], published["roles"]) == (["theo", "dana"], [])
    assert published["contacts"] == [contact]


async def test_it_comes_in_every_form(
    database: Database, dana: AsyncClient, jan: AsyncClient
) -> None:
    await run_june(database)
    address = "/v1/reviews/acme-2026-06"
    await dana.post(address + "/publish")
    media = {
        "html": "text/html; charset=utf-8",
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "csv": "text/csv; charset=utf-8",
    }
    for form, media_type in media.items():
        by_query = await jan.get(f"{address}?format={form}")
        assert (by_query.status_code, by_query.headers["content-type"]) == (200, media_type)
        assert f"review-acme-2026-06-nl.{form}" in by_query.headers["content-disposition"]
        by_header = await jan.get(address, headers={"Accept": media_type.partition(";")[0]})
        assert by_header.content == by_query.content or form == "xlsx"
    page = await jan.get(address, headers={"Accept": "text/html,application/xhtml+xml"})
    policies = page.headers.get_list("content-security-policy")
    assert len(policies) == 1
    assert "style-src 'sha256-" in policies[0]
    assert "frame-ancestors 'none'" in policies[0]
    assert "includeSubDomains" in page.headers["strict-transport-security"]
    content = (await jan.get(address + "?format=pdf")).content
    pdf_text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    assert "Serviceoverleg over juni 2026" in pdf_text
    assert "OPS-2" in pdf_text
    assert (await jan.get(address + "?format=docx")).status_code == 422


async def _execute_as_service(database: Database, change: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("SET LOCAL ROLE opsdesk_sla"))
        await tx.execute(text(change))
