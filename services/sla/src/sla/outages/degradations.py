"""Services that depend on something that is down are degraded, and restored when it is up again.

A degradation is published and does not count as downtime: availability counts only outages of the
service itself (C12).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.events.outages import ServiceDegraded, ServiceRestored
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from sla.catalogue.domain.graph import Graph, Node
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.domain.dependencies import degrades, nodes_below
from sla.outages.domain.scope import AvailabilityQuery, Scope
from sla.outages.events import scope_payload
from sla.outages.store import degradations as conditions
from sla.outages.store import open_outages
from sla.outages.store.degradations import ServiceCondition


async def update_degradations(tx: Connection, scope: Scope, at: datetime) -> None:
    """Update the conditions of the services that depend on a scope, after a change there."""
    graph = await catalogue.load_graph(tx)
    dependents = graph.dependents([node_of_scope(scope)])
    if not dependents:
        return
    scopes = [one for key in dependents for one in await _affected_scopes(tx, graph, key, scope)]
    affected = [await conditions.lock_or_insert(tx, one) for one in sorted(scopes, key=_sort_key)]
    # Read after the locks: of two outages that end at once, the second one sees the end of the
    # first.
    down = await open_outages.list_open_scopes(tx)
    for condition in affected:
        await _update_condition(tx, graph, condition, down, at)


def node_of_scope(scope: Scope) -> Node:
    """Return the node of the catalogue that is down: the service, or the whole environment."""
    if scope.service is not None:
        return Node("service", scope.service)
    assert scope.environment is not None
    return Node("environment", scope.environment)


async def _affected_scopes(tx: Connection, graph: Graph, service: str, scope: Scope) -> list[Scope]:
    """Return the scopes of a dependent service: of the scope's customer, or of all its buyers."""
    environment = scope.environment if scope.service is not None else None
    customers: list[tuple[UUID | None, str | None]] = [(scope.customer_id, scope.customer)]
    if scope.customer_id is None:
        ids = await directory.get_customer_ids(tx, graph.sold_to.get(service, frozenset()))
        customers = [(id, key) for key, id in ids.items()] or customers
    return [Scope(id, environment, service, None, key) for id, key in customers]


def _sort_key(scope: Scope) -> tuple[str, str, str]:
    return str(scope.customer_id), str(scope.environment), str(scope.service)


async def _update_condition(
    tx: Connection,
    graph: Graph,
    condition: ServiceCondition,
    down: Sequence[Scope],
    at: datetime,
) -> None:
    scope = condition.scope
    query = AvailabilityQuery(scope.customer_id, scope.environment, scope.service)
    nodes = nodes_below(graph, query, scope.customer)
    causes = _node_names(
        one
        for one in down
        # An outage of the service itself is downtime, not a degradation.
        if not query.includes(one) and degrades(one, nodes, query)
    )
    if causes == condition.caused_by:
        return
    since = (condition.since or at) if causes else None
    stored = replace(condition, caused_by=causes, since=since, sequence=condition.sequence + 1)
    await conditions.save(tx, stored)
    payload = scope_payload(scope) | {
        "at": at,
        "condition_id": stored.id,
        "caused_by": list(causes),
    }
    event = ServiceDegraded(**payload, started_at=since) if since else ServiceRestored(**payload)
    await publish(tx, OutboxEvent(event, stored.sequence))


def _node_names(scopes: Iterable[Scope]) -> tuple[str, ...]:
    return tuple(sorted({str(node_of_scope(scope)) for scope in scopes}))
