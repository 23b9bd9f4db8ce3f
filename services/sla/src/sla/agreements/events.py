"""What the others are told about agreements."""

from datetime import datetime
from typing import Any

from common.events.clocks import AgreementPublished
from common.events.envelope import Event
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion


async def tell(tx: Connection, found: AgreementVersion, *events: Event) -> None:
    """Announce what happened to an agreement, which is locked."""
    for event in events:
        sequence = await agreements.bump(tx, found.agreement_id)
        await publish(tx, OutboxEvent(event, sequence))


def facts(found: AgreementVersion, at: datetime) -> dict[str, Any]:
    """What every event about an agreement says."""
    version = found.agreement
    return {
        "at": at,
        "agreement_id": found.agreement_id,
        "agreement": version.key,
        "version": version.version,
        "contract": version.contract,
        "customer_id": version.customer_id,
        "customer": found.customer,
        "customers": list(found.customers),
        "partner": version.partner,
        "team": version.team,
        "services": list(version.services),
    }


def published_event(
    found: AgreementVersion, at: datetime, superseded: int | None
) -> AgreementPublished:
    version = found.agreement
    return AgreementPublished(
        **facts(found, at),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        version_id=version.id,
        supersedes=superseded,
    )
