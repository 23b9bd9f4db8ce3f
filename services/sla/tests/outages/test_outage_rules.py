"""The rules by which alerts and tickets are outages, and what whoever reports one by hand says."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from sla_support.outage_scenario import acme_on_monday_evening, outage_body


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def test_the_rules_are_written_in_versions(theo: AsyncClient, gina: AsyncClient) -> None:
    usual = await theo.get("/v1/outage-rules")
    assert (usual.json()["version"], usual.headers["ETag"]) == (0, '"0"')
    blocker = {"effect": "down", "levels": ["blocker"]}
    rules = {"rules": [{"effect": "degraded", "levels": ["warning"]}, blocker]}
    stale = await gina.put("/v1/outage-rules", json=rules, headers={"If-Match": '"3"'})
    assert stale.status_code == 412
    made = await gina.put("/v1/outage-rules", json=rules, headers={"If-Match": '"0"'})
    assert (made.json()["version"], made.json()["created_by"]) == (1, "gina")
    assert (await theo.get("/v1/outage-rules")).json() == made.json()


async def test_who_may_replace_the_rules_may_read_them(
    theo: AsyncClient, gina: AsyncClient, dana: AsyncClient
) -> None:
    for staff in (theo, gina, dana):
        assert (await staff.get("/v1/outage-rules")).status_code == 200


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"effect": None}, {"effect": "down"}],
        [{"effect": None, "levels": ["info"]}],
        [
            {"effect": None, "source": "ticket"},
            {"effect": None, "source": "monitoring"},
            {"effect": "down"},
        ],
        [{"effect": "down", "levels": ["no such level"]}],
        [{"effect": "down", "name_prefix": "zzz"}],
        [{"effect": "down", "source": "monitoring", "levels": ["blocker"]}],
    ],
)
async def test_that_nothing_is_an_outage_takes_two_people(
    theo: AsyncClient, gina: AsyncClient, rules: list[Any]
) -> None:
    """R1: an empty list, every list that says the same, and one by which a blocker is none any more"""
    asked = await theo.put("/v1/outage-rules", json={"rules": rules})
    assert asked.status_code == 200, asked.text
    assert (asked.json()["version"], asked.json()["waiting"]["requested_by"]) == (0, "theo")
    own = await theo.post("/v1/outage-rules/confirm")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    (waits,) = (await gina.get("/v1/waiting-for-me?kind=confirm_outage_rules")).json()["items"]
    assert waits["title"] == "Outage rules"
    confirmed = (await gina.post("/v1/outage-rules/confirm")).json()
    assert (confirmed["version"], confirmed["waiting"]) == (1, None)
    assert (confirmed["created_by"], confirmed["confirmed_by"]) == ("theo", "gina")
    assert (await gina.post("/v1/outage-rules/confirm")).status_code == 409


async def test_another_change_makes_what_waits_void(theo: AsyncClient, gina: AsyncClient) -> None:
    await theo.put("/v1/outage-rules", json={"rules": []})
    changed = await theo.put("/v1/outage-rules", json={"rules": [{"effect": "down"}]})
    assert (changed.json()["version"], changed.json()["waiting"]) == (1, None)
    assert (await gina.post("/v1/outage-rules/confirm")).status_code == 409


async def test_staff_reads_why_an_outage_was_reported_by_hand_and_customers_do_not(
    theo: AsyncClient, jan: AsyncClient
) -> None:
    body = outage_body(reason="The disk of the database is full")
    address = (await theo.post("/v1/outages", json=body)).headers["Location"]
    await theo.post(f"{address}/end", json={})
    (listed,) = (await theo.get("/v1/outages")).json()["items"]
    assert listed["reason"] == "The disk of the database is full"
    assert (await theo.get(address)).json()["reason"] == "The disk of the database is full"
    for seen in (await jan.get("/v1/outages"), await jan.get(address)):
        assert seen.status_code == 200
        assert "disk" not in seen.text
