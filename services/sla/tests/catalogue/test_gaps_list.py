"""The list of gaps, page by page."""

from dataclasses import replace

from httpx import AsyncClient

from common.persistence.database import Database
from common.persistence.ids import uuid7
from sla_support.catalogue_scenario import (
    announce_directory,
    describe_service,
    publish_first_version,
)
from sla_support.company import promise


async def test_gaps_are_listed_page_by_page_for_those_who_work_here(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    acme = await promise(database)
    await announce_directory(database)
    await describe_service(
        theo, "billing", "environment/acme-prod", "partner/hosthaven", sold_to=["acme"]
    )
    first = (await theo.get("/v1/gaps?limit=2")).json()
    rest = (await theo.get(f"/v1/gaps?cursor={first['next']}")).json()
    everything = (await theo.get("/v1/gaps")).json()["items"]
    assert first["items"] + rest["items"] == everything
    assert [(gap["code"], gap["customer"]) for gap in everything] == [
        ("CUSTOMER_WITHOUT_AGREEMENT", "brightwater"),
        ("ENVIRONMENT_WITHOUT_AGREEMENT", "brightwater"),
        ("PARTNER_WITHOUT_CONTRACT", "acme"),
    ]
    slow = tuple(replace(one, within=one.within and 2 * one.within) for one in acme.targets)
    contract = replace(acme, id=uuid7(), key="hosting", customer_id=None, targets=slow)
    await publish_first_version(database, replace(contract, contract="uc", partner="hosthaven"))
    slower = (await theo.get("/v1/gaps?code=SLOWER_BELOW")).json()["items"]
    # Of the resolution: that we answer late is never a host's doing.
    assert {gap["metric"] for gap in slower} == {"resolution"}
    assert len(slower) == 4
    assert (await theo.get("/v1/gaps?customer=acme&code=SLOWER_BELOW")).json()["items"] == slower
    assert (await theo.get("/v1/gaps?customer=brightwater&code=SLOWER_BELOW")).json()["items"] == []
    assert {gap["underpinning"] for gap in slower} == {"hosting"}
    assert all(gap["recommendation"] and gap["owner"] == "ops" for gap in slower)
    own_gaps = (await theo.get("/v1/gaps?customer=brightwater")).json()["items"]
    assert {gap["customer"] for gap in own_gaps} == {"brightwater"}
    assert (await jan.get("/v1/gaps")).status_code == 403
    assert (await theo.get("/v1/gaps?days=-1")).status_code == 422
