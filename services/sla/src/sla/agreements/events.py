"""The events that agreements publish."""

from datetime import datetime
from typing import Any

from common.events.agreements import AgreementPublished
from common.events.envelope import Event
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion


async def emit(tx: Connection, stored: AgreementVersion, *events: Event) -> None:
    """Publish events about an agreement, which is locked, each with the next sequence number."""
    for event in events:
        sequence = await agreements.next_sequence(tx, stored.agreement_id)
        await publish(tx, OutboxEvent(event, sequence))


def agreement_payload(stored: AgreementVersion, at: datetime) -> dict[str, Any]:
    """The fields that every event about an agreement has."""
    version = stored.agreement
    return {
        "at": at,
        "agreement_id": stored.agreement_id,
        "agreement": version.key,
        "version": version.version,
        "contract": version.contract,
        "customer_id": version.customer_id,
        "customer": stored.customer,
        "customers": list(stored.known_customers),
        "partner": version.partner,
        "team": version.team,
        "services": list(version.services),
    }


def published_event(
    stored: AgreementVersion, at: datetime, supersedes: int | None
) -> AgreementPublished:
    version = stored.agreement
    return AgreementPublished(
        **agreement_payload(stored, at),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        version_id=version.id,
        supersedes=supersedes,
    )
