"""People, customers and environments: the columns that escalation needs of them."""

from common.events.directory import CustomerKnown, EnvironmentKnown, PersonKnown
from common.events.envelope import Received
from common.persistence.database import Connection
from escalation.directory import store as directory
from escalation.notifications.domain.notification import HOUSE


async def on_person(tx: Connection, received: Received[PersonKnown]) -> None:
    # The last resort's address comes from the settings, whoever may be called so.
    if received.event.sub != HOUSE:
        await directory.put_person(tx, received.event)


async def on_customer(tx: Connection, received: Received[CustomerKnown]) -> None:
    await directory.put_customer(tx, received.event)


async def on_environment(tx: Connection, received: Received[EnvironmentKnown]) -> None:
    await directory.put_environment(tx, received.event)
