"""Events about services."""

from common.events.catalogue import ServiceCatalogued, ServiceNeed
from common.messaging.outbox import OutboxEvent
from sla.catalogue.domain.service import Service


def catalogued_event(service: Service) -> OutboxEvent:
    """The event with the whole state of a service, which has its next sequence already."""
    event = ServiceCatalogued(
        at=service.retired_at or service.created_at,
        service_id=service.service_id,
        service=service.key,
        version=service.version,
        name=service.name,
        owner=service.owner,
        sold_to=list(service.sold_to),
        runs_on=[
            ServiceNeed(any_of=list(map(str, need.nodes)), at_least=need.at_least)
            for need in service.runs_on
        ],
        retired=service.retired_at is not None,
    )
    return OutboxEvent(event, service.sequence)
