"""An outage that reaches further than one environment is asked for, and takes two people (I5, R1)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.events.tickets import BlockerRaised
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, outbox_events
from sla.handlers import HANDLERS
from sla_support.alerts import alert_raised, all_outages, blocker_event
from sla_support.outage_scenario import JUNE, acme_on_monday_evening, at, outage_body


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def types(database: Database) -> list[str]:
    return [one.type for one in await outbox_events(database) if ".outage." in one.type]


WIDE: list[tuple[str, dict[str, Any]]] = [
    ("everybody", {"environment": None}),
    ("customer", {"environment": None, "customer": "acme"}),
]


async def test_a_typing_error_makes_no_outage_for_everybody(
    database: Database, theo: AsyncClient
) -> None:
    """`--service nope` was down for all customers, with an availability of 0.0000 %."""
    body = {"service": "nope", "reason": "Nobody can log in"}
    refused = await theo.post("/v1/outages", json=body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "unknown_reference"
    near = await theo.post("/v1/outages", json=body | {"service": "biling", "scope": "everybody"})
    assert near.json()["errors"][0]["detail"].endswith("; did you mean billing?")
    assert await all_outages(database) == []


@pytest.mark.parametrize(("reach", "fields"), WIDE)
async def test_what_reaches_further_is_asked_for(
    database: Database, theo: AsyncClient, reach: str, fields: dict[str, Any]
) -> None:
    refused = await theo.post("/v1/outages", json=outage_body(**fields))
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert error["code"] == "scope"
    assert f"say `scope: {reach}`" in error["detail"]
    other = "customer" if reach == "everybody" else "everybody"
    wrong = await theo.post("/v1/outages", json=outage_body(**fields, scope=other))
    assert wrong.status_code == 422
    window = {"title": "New disks", "starts_at": at(24), "ends_at": at(25)}
    planned = {"service": "billing", "customer": fields.get("customer")} | window
    assert (await theo.post("/v1/maintenance", json=planned)).status_code == 422
    assert (await theo.post("/v1/maintenance", json=planned | {"scope": reach})).status_code == 201
    assert await all_outages(database) == []


@pytest.mark.parametrize(("reach", "fields"), WIDE)
async def test_it_counts_once_a_second_person_has_confirmed_it(
    database: Database,
    theo: AsyncClient,
    gina: AsyncClient,
    reach: str,
    fields: dict[str, Any],
) -> None:
    """R1: nobody is escalated to and nothing is down before; the event says that it does not count."""
    created = await theo.post("/v1/outages", json=outage_body(**fields, scope=reach))
    assert created.status_code == 201, created.text
    assert created.json()["counts"] is False
    (waiting,) = created.json()["corrections"]
    assert (waiting["state"], waiting["counts"]) == ("requested", True)
    assert (await theo.get(JUNE)).json()["down_seconds"] == 0
    (started,) = (
        one for one in await outbox_events(database) if one.type == "opsdesk.outage.started.v1"
    )
    assert started.body["counts"] is False
    address = f"{created.headers['Location']}/corrections/{waiting['id']}/confirm"
    own = await theo.post(address)
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.post(f"{created.headers['Location']}/end", json={})).status_code == 409
    confirmed = await gina.post(address)
    assert confirmed.json()["counts"] is True
    assert (await theo.get(JUNE)).json()["down_seconds"] > 0
    assert await types(database) == [
        "opsdesk.outage.started.v1",
        "opsdesk.outage.correction_requested.v1",
        "opsdesk.outage.corrected.v1",
    ]
    ended = await theo.post(f"{created.headers['Location']}/end", json={})
    assert ended.status_code == 200


async def test_one_environment_counts_at_once(theo: AsyncClient) -> None:
    created = await theo.post("/v1/outages", json=outage_body())
    assert (created.json()["counts"], created.json()["corrections"]) == (True, [])
    asked = await theo.post("/v1/outages", json=outage_body(scope="everybody"))
    assert asked.json()["errors"][0]["code"] == "scope"


async def test_a_label_that_nobody_knows_is_no_outage_of_the_whole_customer(
    database: Database,
) -> None:
    """An alert of a customer without an environment counts for a service that exists."""
    nowhere: dict[str, Any] = {"environment": None, "environment_id": None}
    await deliver(database, HANDLERS, (alert_raised(1, service="checkout-db", **nowhere), 1))
    assert await all_outages(database) == []
    await deliver(database, HANDLERS, (alert_raised(2, service="billing", **nowhere), 1))
    await deliver(database, HANDLERS, (alert_raised(3, service="checkout-db"), 1))
    found = [(one.scope.environment, one.scope.service) for one in await all_outages(database)]
    assert sorted(found, key=str) == [("acme-prod", "checkout-db"), (None, "billing")]


async def test_one_person_s_ticket_takes_no_whole_customer_down(database: Database) -> None:
    """A blocker that names no environment: the outage is reported with its scope, by two people."""
    nowhere: dict[str, Any] = {"environment": None, "environment_id": None}
    await deliver(database, HANDLERS, (blocker_event(BlockerRaised, 1, **nowhere), 1))
    assert await all_outages(database) == []
