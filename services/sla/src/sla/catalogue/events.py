"""From a service of the catalogue to the event with its whole state."""

from datetime import datetime

from common.events.catalogue import ServiceCatalogued, ServiceNeed
from common.messaging.outbox import OutboxEvent
from sla.catalogue.domain.service import Service


def to_event(service: Service, at: datetime) -> OutboxEvent:
    """The event about a service, as of `at`, with the service's sequence."""
    needs = [
        ServiceNeed(any_of=list(map(str, need.nodes)), at_least=need.at_least)
        for need in service.runs_on
    ]
    event = ServiceCatalogued(
        at=at,
        service_id=service.service_id,
        service=service.key,
        version=service.version,
        name=service.name,
        owner=service.owner,
        sold_to=list(service.sold_to),
        runs_on=needs,
        retired=service.retired_at is not None,
    )
    return OutboxEvent(event, service.sequence)
