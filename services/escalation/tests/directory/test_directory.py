"""People, customers and environments as intake announces them."""

from typing import Any
from uuid import UUID

from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.persistence.database import Database
from escalation.directory import store as directory
from escalation.handlers import HANDLERS
from escalation.policies.store import load_roster
from escalation_support.builders import ACME, NIGHT, PROD
from opsdesk_testing.protocol import deliver


def nora(**changed: Any) -> PersonKnown:
    payload: dict[str, Any] = {
        "at": NIGHT,
        "person_id": UUID(int=99),
        "sub": "nora",
        "name": "Nora",
        "email": "nora@meridian.example",
        "timezone": "Europe/Oslo",
        "roles": ["ops"],
    }
    return PersonKnown(**payload | changed)


async def test_a_person_is_known_with_roles_zone_and_work_address(database: Database) -> None:
    await deliver(database, HANDLERS, (nora(), 1), (nora(roles=["tom"]), 5), (nora(), 4))
    async with database.transaction() as tx:
        assert (await load_roster(tx)).people["nora"] == {"tom"}, "whole state: the latest counts"
        person = (await directory.load_people(tx, {"nora"}))["nora"]
    assert (person.zone, person.channels[0].address) == ("Europe/Oslo", "nora@meridian.example")


async def test_somebody_who_has_left_is_not_notified(database: Database) -> None:
    await deliver(database, HANDLERS, (nora(), 1), (nora(retired=True), 2))
    async with database.transaction() as tx:
        assert "nora" not in (await load_roster(tx)).people
        assert set(await directory.load_people(tx, {"nora"})) == {"fallback"}


async def test_nobody_replaces_the_fallback_contact(database: Database) -> None:
    """E4: it has the address from the settings, even if a person has the same `sub`."""
    async with database.transaction() as tx:
        before = (await directory.load_people(tx, set()))["fallback"]
    await deliver(database, HANDLERS, (nora(sub="fallback", retired=True), 1))
    async with database.transaction() as tx:
        assert (await directory.load_people(tx, set()))["fallback"] == before


async def test_the_tier_of_an_environment_is_known_by_its_key(database: Database) -> None:
    staging = EnvironmentKnown(
        at=NIGHT,
        environment_id=PROD,
        environment="acme-prod",
        customer_id=ACME,
        customer="acme",
        tier="staging",
        name="Staging after all",
    )
    await deliver(database, HANDLERS, (staging, 1))
    async with database.transaction() as tx:
        assert await directory.get_tier(tx, "acme-prod") == "staging"
        assert await directory.get_tier(tx, "unknown") is None


async def test_a_customer_is_known_by_its_key(database: Database) -> None:
    acme = CustomerKnown(
        at=NIGHT,
        customer_id=ACME,
        customer="acme",
        name="Acme Logistics",
        timezone="Europe/Amsterdam",
        language="en",
    )
    await deliver(database, HANDLERS, (acme, 1))
    async with database.transaction() as tx:
        assert await directory.find_customer_name(tx, "acme") == "Acme Logistics"
        assert await directory.find_customer_name(tx, "brightwater") is None
