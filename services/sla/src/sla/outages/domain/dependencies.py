"""What a service depends on: an outage there degrades it, and is not downtime of its own. Pure."""

from collections.abc import Collection
from dataclasses import replace

from sla.catalogue.domain.graph import Graph, Node
from sla.outages.domain.scope import AvailabilityQuery, Scope


def nodes_below(graph: Graph, query: AvailabilityQuery, customer: str | None) -> Collection[Node]:
    """Return all nodes that the queried service depends on for this customer (a key)."""
    return () if query.service is None else graph.below(query.service, customer)


def degrades(scope: Scope, nodes: Collection[Node], query: AvailabilityQuery) -> bool:
    """Return whether an outage of the scope is one of a node below the queried service."""
    if not nodes:
        return False
    is_environment_below = (
        scope.environment is not None and Node("environment", scope.environment) in nodes
    )
    if scope.service is None:
        return is_environment_below
    is_concerned = is_environment_below or replace(query, service=None, agreement=None).includes(
        scope
    )
    return is_concerned and Node("service", scope.service) in nodes
