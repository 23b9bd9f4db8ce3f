"""A house-wide default for customers who have no agreement of their own, said to be one."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.events.envelope import Event
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla_support.assertions import violation_pointers
from sla_support.company import (
    ACME,
    AMSTERDAM,
    BRIGHTWATER,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_opened,
)
from sla_support.publication import publish_agreement

BRIGHTWATERS: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
DAY = timedelta(days=1)


def default_body(**more: Any) -> dict[str, Any]:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 40 * 3600}
    return {
        "key": "house",
        "house_default": True,
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
        "price": {"amount": "10.00", "currency": "EUR"},
    } | more


async def publish_default(theo: AsyncClient, gina: AsyncClient, **more: Any) -> str:
    return await publish_agreement(theo, gina, default_body(**more))


async def clocks_of(theo: AsyncClient, ticket: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await theo.get(f"/v1/tickets/{ticket}/clocks")).json()["items"]
    return items


async def test_it_holds_for_those_without_an_agreement_of_their_own_and_says_so(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    await publish_default(theo, gina)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2, **BRIGHTWATERS), 1))
    (own,) = await clocks_of(theo, "OPS-1")
    assert (own["agreement"], own["house_default"], own["target_seconds"]) == (
        "acme-standard",
        False,
        8 * 3600,
    )
    (default,) = await clocks_of(theo, "OPS-2")
    assert (default["agreement"], default["house_default"], default["target_seconds"]) == (
        "house",
        True,
        40 * 3600,
    )
    explained = await theo.get(
        f"/v1/clocks/{default['id']}/explanation", headers={"Accept": "application/json"}
    )
    assert explained.json()["clock"]["house_default"] is True
    read = (await jan.get("/v1/agreements/house")).json()
    assert (read["house_default"], "price" in read) == (True, False)
    (gap,) = (await theo.get("/v1/gaps?code=CUSTOMER_WITHOUT_AGREEMENT")).json()["items"]
    assert (gap["customer"], "the house-wide default house holds" in gap["detail"]) == (
        "brightwater",
        True,
    )


async def test_whoever_has_an_own_one_is_not_helped_out_by_it(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """An own agreement about billing says that nothing else is promised"""
    await promise(database, services=("billing",), metrics=("resolution",))
    await publish_default(theo, gina, services=["portal"])
    await deliver(database, HANDLERS, (ticket_opened(1, service="portal"), 1))
    assert await clocks_of(theo, "OPS-1") == []
    query = "/v1/agreements/matching?customer=acme&service=portal"
    candidates = (await theo.get(query)).json()["candidates"]
    assert {one["key"]: one["outcome"] for one in candidates} == {
        "acme-standard": "other_service",
        "house": "own_agreement",
    }


async def test_once_the_own_one_has_ended_the_default_holds(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    await publish_default(theo, gina)
    await theo.post("/v1/agreements/acme-standard/termination", json={"reason": "They left"})
    await gina.post("/v1/agreements/acme-standard/termination/confirm")
    await freeze_time(database, NINE + DAY)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE + DAY), 1))
    (clock,) = await clocks_of(theo, "OPS-1")
    assert (clock["agreement"], clock["house_default"]) == ("house", True)


async def test_a_ticket_of_an_unknown_customer_waits_for_them_all_the_same(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """The default covers everybody who is known, not whoever is named"""
    await announce_customers(database, (ACME, "acme"))
    await publish_default(theo, gina)
    unknown: Event = ticket_opened(3, **BRIGHTWATERS)
    await deliver(database, HANDLERS, (unknown, 1))
    assert (await theo.get("/v1/tickets/OPS-3/clocks")).status_code == 404


async def test_availability_is_promised_by_it(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    await publish_default(theo, gina, availability=0.99, timezone="Europe/Amsterdam")
    await freeze_time(database, NINE + 8 * HOUR)
    figures = (await theo.get("/v1/availability?customer=brightwater&month=2026-06")).json()
    assert (figures["promised"], figures["agreed_seconds"]) == (0.99, 9 * 3600)


@pytest.mark.parametrize(
    ("more", "pointers"),
    [
        ({"customer": "acme"}, ["/customer"]),
        ({"customers": ["acme"]}, ["/customers"]),
        ({"customer_signs": True}, ["/customer_signs"]),
        ({"goals": [{"metric": "resolution", "share": 0.9}]}, ["/goals"]),
        ({"reserved_seconds": 3600}, ["/reserved_seconds"]),
        ({"contract": "ola", "team": "second_level"}, ["/house_default"]),
        ({"house_default": False}, ["/customer"]),
    ],
)
async def test_it_is_made_with_nobody(
    database: Database, theo: AsyncClient, more: dict[str, Any], pointers: list[str]
) -> None:
    await announce_customers(database, (ACME, "acme"))
    refused = await theo.post("/v1/agreements", json=default_body(**more))
    assert violation_pointers(refused) == pointers


async def test_what_is_announced_of_it_names_everybody(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await publish_default(theo, gina)
    (published,) = (
        one for one in await outbox_events(database) if one.type == "opsdesk.agreement.published.v1"
    )
    assert (published.body["customer"], published.body["customers"]) == (None, [])
