"""The portal speaks for contacts of customers: such a caller is that contact, and no more."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.auth import address_digest
from common.events.directory import ContactKnown
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla_support.company import ACME, BRIGHTWATER, NINE, announce_customers, promise, ticket_opened

JAN = {"On-Behalf-Of": "mailto:Jan@acme.example"}


def contact_event(number: int, customer: str = "acme", erased: bool = False) -> ContactKnown:
    return ContactKnown(
        at=NINE,
        contact_id=UUID(int=number),
        customer_id=ACME if customer == "acme" else BRIGHTWATER,
        customer=customer,
        language="nl",
        erased=erased,
        address_digest=None if erased else address_digest("jan@acme.example"),
    )


@pytest.fixture
async def portal(app: FastAPI, database: Database) -> AsyncIterator[AsyncClient]:
    await promise(database, metrics=("resolution",))
    await promise(database, (BRIGHTWATER, "brightwater"), metrics=("resolution",))
    other = ticket_opened(2, customer_id=BRIGHTWATER, customer="brightwater")
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (other, 1))
    async with client(app, "portal") as portal:
        yield portal


async def test_the_portal_sees_what_the_contact_may_see(
    portal: AsyncClient, database: Database
) -> None:
    await deliver(database, HANDLERS, (contact_event(1), 1))
    seen = (await portal.get("/v1/clocks", headers=JAN)).json()["items"]
    assert [one["customer"] for one in seen] == ["acme"]
    assert (await portal.get("/v1/tickets/OPS-2/clocks", headers=JAN)).status_code == 404
    assert (await portal.get("/v1/waivers", headers=JAN)).status_code == 403


async def test_the_portal_speaks_for_a_contact_by_any_address_of_theirs(
    portal: AsyncClient, database: Database
) -> None:
    home = {"On-Behalf-Of": "mailto:jan@home.example"}
    assert (await portal.get("/v1/clocks", headers=home)).status_code == 403
    more = {"other_address_digests": [address_digest("jan@home.example")]}
    await deliver(database, HANDLERS, (contact_event(1).model_copy(update=more), 1))
    seen = (await portal.get("/v1/clocks", headers=home)).json()["items"]
    assert [one["customer"] for one in seen] == ["acme"]
    gone = {"retired": True} | more
    await deliver(database, HANDLERS, (contact_event(1).model_copy(update=gone), 2))
    assert (await portal.get("/v1/clocks", headers=home)).status_code == 403


async def test_the_portal_alone_sees_nothing(portal: AsyncClient) -> None:
    assert (await portal.get("/v1/clocks")).status_code == 403
    assert (await portal.get("/v1/clocks", headers=JAN)).status_code == 403


async def test_nobody_speaks_for_an_erased_contact(portal: AsyncClient, database: Database) -> None:
    await deliver(database, HANDLERS, (contact_event(1), 1), (contact_event(1, erased=True), 2))
    assert (await portal.get("/v1/clocks", headers=JAN)).status_code == 403


async def test_an_address_that_two_claim_is_nobodys(
    portal: AsyncClient, database: Database
) -> None:
    """The address moved to another customer, and only half of that has been heard."""
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    await deliver(database, HANDLERS, (contact_event(1), 1), (contact_event(2, "brightwater"), 1))
    assert (await portal.get("/v1/clocks", headers=JAN)).status_code == 403
    await deliver(database, HANDLERS, (contact_event(1, erased=True), 2))
    seen = (await portal.get("/v1/clocks", headers=JAN)).json()["items"]
    assert [one["customer"] for one in seen] == ["brightwater"]


async def test_only_the_portal_speaks_for_others(
    portal: AsyncClient, theo: AsyncClient, database: Database
) -> None:
    await deliver(database, HANDLERS, (contact_event(1), 1))
    assert (await theo.get("/v1/clocks", headers=JAN)).status_code == 403
