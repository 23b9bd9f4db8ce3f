"""Triggers about a service, a customer or an environment, without a ticket."""

from datetime import datetime
from typing import Protocol

from common.persistence.database import Connection
from escalation.cases.commands import environment_tier
from escalation.policies.domain.trigger import Trigger, TriggerKind


class Scoped(Protocol):
    """An event that says what it is about, each by its key."""

    @property
    def at(self) -> datetime: ...
    @property
    def service(self) -> str | None: ...
    @property
    def customer(self) -> str | None: ...
    @property
    def environment(self) -> str | None: ...


async def scoped_trigger(
    tx: Connection, event: Scoped, kind: TriggerKind, severity: str, key: str, title: str
) -> Trigger:
    """The trigger of an event, with the tier of its environment. `key` is the one of its case."""
    return Trigger(
        kind,
        severity,
        key,
        title,
        event.at,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await environment_tier(tx, event.environment),
    )
