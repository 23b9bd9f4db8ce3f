"""Events of people, customers and environments, which intake announces, and of sla's services."""

from common.events.catalogue import ServiceCatalogued
from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT


async def on_person(tx: Connection, received: ReceivedEvent[PersonKnown]) -> None:
    # The fallback contact's address comes from the settings, even if a person has the same `sub`.
    if received.event.sub != FALLBACK_CONTACT:
        await directory.upsert_person(tx, received.event)


async def on_customer(tx: Connection, received: ReceivedEvent[CustomerKnown]) -> None:
    await directory.upsert_customer(tx, received.event)


async def on_environment(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    await directory.upsert_environment(tx, received.event)


async def on_service(tx: Connection, received: ReceivedEvent[ServiceCatalogued]) -> None:
    await directory.upsert_service(tx, received.event)
