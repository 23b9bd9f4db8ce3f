"""Agreements over HTTP: negotiated with the customer, compared, explained, and read as a page."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient

from common.events.directory import PartnerKnown
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, outbox_events
from sla.handlers import HANDLERS
from sla_support.assertions import violation_pointers
from sla_support.company import (
    ACME,
    BRIGHTWATER,
    NINE,
    announce_customers,
    announce_people,
    promise,
)
from sla_support.publication import draft_body, publish_agreement

AGREEMENTS = "/v1/agreements"


FULL: dict[str, Any] = {
    "customers": ["brightwater"],
    "services": ["billing", "billing", "portal"],
    "timezone": "Europe/Berlin",
    "availability": 0.999,
    "maintenance": {
        "weekly": {"sun": [["02:00", "04:00"]]},
        "dated": [{"starts_at": "2026-06-06T20:00:00Z", "ends_at": "2026-06-06T23:00:00Z"}],
    },
    "reserved_seconds": 40 * 3600,
    "price": {"amount": "1200.50", "currency": "EUR"},
    "penalties": "5 % of the price for each <missed> month.",
    "duties": "Name a contact.",
    "warn_before_seconds": [1800],
    "valid_until": "2027-01-01T00:00:00Z",
}


async def test_everything_that_is_asked_for_is_told_again(
    database: Database, theo: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    made = await theo.post(AGREEMENTS, json=draft_body(**FULL))
    assert made.status_code == 201, made.text
    draft = made.json()
    same = ("timezone", "availability", "reserved_seconds", "price", "penalties", "duties")
    assert {name: draft[name] for name in same} == {name: FULL[name] for name in same}
    assert (draft["customer"], draft["customers"]) == ("acme", ["acme", "brightwater"])
    assert draft["services"] == ["billing", "portal"]
    assert draft["maintenance"]["dated"] == FULL["maintenance"]["dated"]
    weekly = (await theo.get(f"/v1/calendars/{draft['maintenance']['calendar']}")).json()
    assert weekly["definition"]["weekly"] == FULL["maintenance"]["weekly"]
    shown = (await theo.get(made.headers["Location"])).json()
    assert {name: shown[name] for name in draft} == draft


async def test_the_customer_who_signs_sees_comments_and_approves(
    database: Database, app: FastAPI, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """One person per side, and a customer sees nothing of other customers (R4)"""
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    await announce_people(database, "theo")
    made = await theo.post(
        AGREEMENTS, json=draft_body(customer_signs=True, customers=["brightwater"])
    )
    address = made.headers["Location"]
    assert (await jan.get(address)).status_code == 404
    assert (await jan.post(address + "/comments", json={"comment": "Hm"})).status_code == 404
    await theo.post(address + "/propose")
    async with client(app, "britta") as covered_too:
        assert (await covered_too.post(address + "/approve")).status_code == 404
    asked = {"comment": "Eight hours are long."}
    assert (await jan.post(address + "/comments", json=asked)).json()["side"] == "counterparty"
    answer = {"comment": "Six, then."}
    assert (await theo.post(address + "/comments", json=answer)).status_code == 201
    assert (await theo.post(address + "/revise")).json()["state"] == "draft"
    terms = {
        name: value
        for name, value in draft_body(customer_signs=True).items()
        if name not in ("key", "customer")
    }
    terms["targets"] = [{"metric": "resolution", "priority": "major", "target_seconds": 21600}]
    changed = await theo.put(address, json=terms)
    assert changed.json()["targets"][0]["target_seconds"] == 21600
    await theo.post(address + "/propose")
    assert (await theo.put(address, json=terms)).status_code == 409
    assert (await theo.post(address + "/approve")).json()["state"] == "proposed"
    second = await gina.post(address + "/approve")
    assert (second.status_code, second.json()["code"]) == (403, "CUSTOMER_SIGNS")
    assert (await jan.post(address + "/publish")).status_code == 403
    assert (await jan.post(address + "/approve")).json()["countersigned"]["by"] == "jan"
    assert (await gina.post(address + "/publish")).json()["state"] == "published"
    comments = (await jan.get(address + "/comments?limit=1")).json()
    assert [one["comment"] for one in comments["items"]] == ["Eight hours are long."]
    rest = (await jan.get(f"{address}/comments?cursor={comments['next']}")).json()["items"]
    assert [one["comment"] for one in rest] == ["Six, then."]
    assert (comments["items"][0]["author_name"], rest[0]["author_name"]) == (None, "Theo")
    async with client(app, "britta") as britta:
        assert (await britta.get(address)).status_code == 404
        assert (await britta.post(address + "/approve")).status_code == 404
    types = [one.type for one in await outbox_events(database)]
    assert "opsdesk.agreement.revised.v1" in types


async def test_other_customers_of_a_group_are_not_named(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    await publish_agreement(theo, gina, draft_body(customers=["brightwater"]))
    later = draft_body(
        customers=["brightwater"], valid_from="2026-09-01T00:00:00Z", reserved_seconds=60
    )
    await publish_agreement(theo, gina, later)
    for address in ("acme-standard", "acme-standard/page", "acme-standard/diff?from=1&to=2"):
        answer = await jan.get(f"{AGREEMENTS}/{address}")
        assert answer.status_code == 200
        assert "brightwater" not in answer.text


async def test_a_new_version_ends_the_one_before_it_and_never_overlaps(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    first = await publish_agreement(theo, gina, draft_body())
    same = await theo.post(AGREEMENTS, json=draft_body())
    assert violation_pointers(same) == ["/valid_from"]
    assert "version 1 is valid from 2026-01-01" in same.json()["errors"][0]["detail"]
    july, october = "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"
    await publish_agreement(theo, gina, draft_body(valid_from=july, valid_until=october))
    ended = (await theo.get(first)).json()
    assert (ended["state"], ended["valid_until"]) == ("superseded", july)
    early = draft_body(valid_from="2026-08-01T00:00:00Z")
    assert violation_pointers(await theo.post(AGREEMENTS, json=early)) == ["/valid_from"]
    await publish_agreement(theo, gina, early | {"supersedes": 2})
    second = (await theo.get(f"{AGREEMENTS}/acme-standard?version=2")).json()
    assert (second["state"], second["valid_until"]) == ("superseded", "2026-08-01T00:00:00Z")
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.agreement.superseded.v1") == 2


async def test_two_drafts_of_one_time_cannot_both_be_published(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    drafts = [await theo.post(AGREEMENTS, json=draft_body()) for _ in range(2)]
    first, second = (one.headers["Location"] for one in drafts)
    for who, step in ((theo, "propose"), (theo, "approve"), (gina, "approve")):
        for address in (first, second):
            assert (await who.post(f"{address}/{step}")).status_code == 200
    assert (await gina.post(first + "/publish")).status_code == 200
    late = await gina.post(second + "/publish")
    assert (late.status_code, late.json()["type"]) == (409, "urn:opsdesk:error:overlap")
    assert (await gina.post(second + "/withdraw")).json()["state"] == "withdrawn"


async def test_contracts_behind_the_promise_are_not_shown_to_customers(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """R13: a partner's contract, for Acme alone, and one of second level for everybody"""
    await announce_customers(database, (ACME, "acme"))
    unheard = draft_body(key="unheard", contract="uc", partner="hosthaven")
    assert violation_pointers(await theo.post(AGREEMENTS, json=unheard)) == ["/partner"]
    hosthaven = PartnerKnown(
        at=NINE,
        partner_id=UUID(int=9),
        partner="hosthaven",
        name="Hosthaven",
        timezone="Europe/London",
        email=None,
    )
    await deliver(database, HANDLERS, (hosthaven, 1))
    partner = draft_body(key="hosthaven", contract="uc", partner="hosthaven")
    team = draft_body(key="second-level", contract="ola", team="second_level", customer=None)
    for asked in (partner, team):
        address = await publish_agreement(theo, gina, asked)
        assert (await jan.get(address)).status_code == 404
    assert (await jan.get(AGREEMENTS)).json()["items"] == []
    matching = f"{AGREEMENTS}/matching?customer=acme&contract="
    assert (await theo.get(matching + "uc")).json()["candidates"][0]["key"] == "hosthaven"
    assert (await theo.get(matching + "ola")).json()["candidates"][0]["key"] == "second-level"
    assert (await theo.get(matching + "sla")).json()["chosen"] is None
    assert (await jan.get(matching + "uc")).status_code == 404
    other = draft_body(key="hosthaven", contract="sla")
    assert (await theo.post(AGREEMENTS, json=other)).status_code == 409


async def test_the_answer_says_which_agreement_holds_and_why(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    await promise(database)
    await publish_agreement(theo, gina, draft_body(key="acme-billing", services=["billing"]))
    asked = f"{AGREEMENTS}/matching?customer=acme&service=billing&priority=major&kind=incident"
    found = (await jan.get(f"{asked}&at={NINE.isoformat().replace('+00:00', 'Z')}")).json()
    assert [(one["key"], one["outcome"]) for one in found["candidates"]] == [
        ("acme-billing", "chosen"),
        ("acme-standard", "less_specific"),
    ]
    (terms,) = found["terms"]
    assert (terms["target_seconds"], terms["reason"]) == (
        28800,
        "the target for every kind of ticket",
    )
    assert "most specific" in found["rule"]
    assert violation_pointers(await jan.get(f"{AGREEMENTS}/matching?customer=brightwater")) == [
        "/query/customer"
    ]


async def test_a_published_agreement_is_a_page_without_script(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """R4; what people wrote is text, not markup"""
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    await publish_agreement(theo, gina, draft_body(**FULL))
    page = await jan.get(f"{AGREEMENTS}/acme-standard/page")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for fragment in ("8 uur", "99,9 %", "Zondag 02:00 tot 04:00", "€\xa01.200,50"):
        assert fragment in page.text
    assert "&lt;missed&gt;" in page.text
    assert "<script" not in page.text
    assert (await theo.get(f"{AGREEMENTS}/nothing/page")).status_code == 404
