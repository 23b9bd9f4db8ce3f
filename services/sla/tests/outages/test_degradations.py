"""Services that depend on something down are degraded, not down (C12)."""

import pytest
from httpx import AsyncClient

from common.events.tickets import BlockerRaised
from common.persistence.database import Database
from opsdesk_testing.protocol import UnsentEvent, deliver, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla_support.alerts import alert_ended, alert_raised, blocker_event
from sla_support.catalogue_scenario import announce_directory, describe_service
from sla_support.company import ACME, HOUR, NINE
from sla_support.outages import add_outage

MONTH = "/v1/availability?month=2026-06&customer=acme&service="


@pytest.fixture(autouse=True)
async def catalogue(database: Database, theo: AsyncClient) -> None:
    """shop runs on billing, billing on ledger; wiki on nothing."""
    await announce_directory(database)
    sold = {"sold_to": ["acme", "brightwater"]}
    assert (await describe_service(theo, "ledger")).status_code == 201
    assert (await describe_service(theo, "wiki", **sold)).status_code == 201
    assert (await describe_service(theo, "billing", "service/ledger", **sold)).status_code == 201
    assert (await describe_service(theo, "shop", "service/billing", **sold)).status_code == 201
    await freeze_time(database, NINE + 12 * HOUR)


async def condition_events(database: Database) -> list[UnsentEvent]:
    return [one for one in await outbox_events(database) if one.subject.startswith("condition/")]


async def test_it_is_shown_as_impaired_and_counts_as_up(
    database: Database, theo: AsyncClient
) -> None:
    outage = await add_outage(database, NINE, NINE + HOUR, ACME, "acme-prod", "ledger")
    for service in ("billing", "shop"):
        found = (await theo.get(MONTH + service)).json()
        assert (found["down_seconds"], found["degraded_seconds"]) == (0, 3600)
        (interval,) = found["intervals"]
        assert (interval["state"], interval["outages"]) == ("degraded", [outage.key])
    assert (await theo.get(MONTH + "ledger")).json()["down_seconds"] == 3600
    assert (await theo.get(MONTH + "wiki")).json()["intervals"] == []
    elsewhere = (await theo.get(MONTH.replace("acme", "brightwater") + "shop")).json()
    assert elsewhere["degraded_seconds"] == 0


async def test_down_goes_before_impaired(database: Database, theo: AsyncClient) -> None:
    await add_outage(database, NINE, NINE + 2 * HOUR, ACME, "acme-prod", "ledger")
    await add_outage(database, NINE + HOUR, NINE + 3 * HOUR, ACME, "acme-prod", "billing")
    found = (await theo.get(MONTH + "billing")).json()
    assert (found["down_seconds"], found["degraded_seconds"]) == (7200, 3600)


async def test_services_above_are_told_once_and_restored_with_the_last_outage(
    database: Database,
) -> None:
    first, second = (alert_raised(number, service="ledger") for number in (1, 2))
    await deliver(database, HANDLERS, (first, 1), (second, 1))
    ends = [(alert_ended(number, NINE, NINE + HOUR, service="ledger"), 2) for number in (1, 2)]
    await deliver(database, HANDLERS, ends[0])
    assert [one.type.split(".")[2] for one in await condition_events(database)] == ["degraded"] * 2
    await deliver(database, HANDLERS, ends[1])
    events = await condition_events(database)
    assert [one.type.split(".")[2] for one in events] == ["degraded"] * 2 + ["restored"] * 2
    assert {one.body["service"] for one in events} == {"billing", "shop"}
    assert events[0].body["caused_by"] == ["service/ledger"]
    assert (events[0].body["customer"], events[0].body["environment"]) == ("acme", "acme-prod")
    assert [one.sequence for one in events] == [1, 1, 2, 2]


async def test_another_cause_is_told_and_a_ticket_is_one_too(database: Database) -> None:
    await deliver(database, HANDLERS, (alert_raised(1, service="ledger"), 1))
    blocker = blocker_event(BlockerRaised, 1, service="billing")
    await deliver(database, HANDLERS, (blocker, 1))
    shop = [one for one in await condition_events(database) if one.body["service"] == "shop"]
    assert [one.body["caused_by"] for one in shop] == [
        ["service/ledger"],
        ["service/billing", "service/ledger"],
    ]


async def test_an_outage_for_everybody_impairs_all_who_bought(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    body = {"service": "billing", "scope": "everybody", "reason": "The data centre is dark"}
    created = (await theo.post("/v1/outages", json=body)).json()
    (waiting,) = created["corrections"]
    address = f"/v1/outages/{created['key']}/corrections/{waiting['id']}/confirm"
    assert (await gina.post(address)).status_code == 200
    events = await condition_events(database)
    assert {(one.body["service"], one.body["customer"]) for one in events} == {
        ("shop", "acme"),
        ("shop", "brightwater"),
    }
    assert len((await jan.get("/v1/outages")).json()["items"]) == 1


async def test_what_is_sold_to_others_only_is_not_theirs_to_see(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4"""
    await describe_service(theo, "ward", sold_to=["brightwater"])
    outage = await add_outage(database, NINE, NINE + HOUR, service="ward")
    assert (await jan.get("/v1/outages")).json()["items"] == []
    assert (await jan.get(f"/v1/outages/{outage.key}")).status_code == 404
    assert (await theo.get(MONTH.removesuffix("&service="))).json()["down_seconds"] == 0
