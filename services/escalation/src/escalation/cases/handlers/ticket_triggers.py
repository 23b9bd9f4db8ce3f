"""Triggers about a ticket."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from common.persistence.database import Connection
from escalation.cases.commands import environment_tier
from escalation.cases.handlers.scoped_triggers import Scoped
from escalation.policies.domain.trigger import Trigger, TriggerKind


class AboutTicket(Scoped, Protocol):
    """An event that says which ticket it is about, and what that is about, each by its key."""

    @property
    def ticket_id(self) -> UUID: ...
    @property
    def ticket(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def kind(self) -> str: ...


async def ticket_trigger(
    tx: Connection,
    event: AboutTicket,
    kind: TriggerKind,
    key: str,
    title: str,
    expected_breach_at: datetime | None = None,
) -> Trigger:
    """The trigger of an event, as severe as its ticket, with the tier of its environment. `key` is the one of its case."""
    return Trigger(
        kind,
        event.priority,
        key,
        title,
        event.at,
        ticket_kind=event.kind,
        service=event.service,
        customer=event.customer,
        environment=event.environment,
        tier=await environment_tier(tx, event.environment),
        ticket_id=event.ticket_id,
        ticket=event.ticket,
        expected_breach_at=expected_breach_at,
    )
