"""Which services and customers are affected when nodes of the catalogue fail. Pure.

*Down*: a need has fewer working nodes than it must have. *Degraded*: all needs are met, but
something below is down or degraded. This is derived from the catalogue; availability counts only
the outages of a service itself, and its dependents as degraded.
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sla.catalogue.domain.graph import Graph, Need, Node, service_node

Effect = Literal["down", "degraded"]


@dataclass(frozen=True, slots=True)
class AffectedService:
    """An affected service. `effect` is the worst one, `customers` are the affected buyers.

    `path` is the shortest one from the service down to a failed node.
    """

    service: str
    effect: Effect
    customers: Mapping[str, Effect]
    path: tuple[Node, ...]


def compute_impact(graph: Graph, failed: Collection[Node]) -> tuple[AffectedService, ...]:
    """Return the services that are affected when these nodes fail, lower ones first."""
    failed_services = [
        node.key for node in failed if node.kind == "service" and node.key in graph.needs
    ]
    affected_keys = tuple(dict.fromkeys([*failed_services, *graph.dependents(failed)]))
    affected_customers = {one for key in affected_keys for one in graph.sold_to.get(key, ())}
    by_customer = {
        one: effects_for(graph, failed, one, affected_keys) for one in sorted(affected_customers)
    }
    overall = effects_for(graph, failed, None, affected_keys)
    affected = []
    for key in affected_keys:
        customers = _customer_effects(graph, key, by_customer)
        # A service without buyers is judged by all its needs, another by those of its buyers.
        visible_effects = set(customers.values()) if graph.sold_to.get(key) else {overall[key]}
        if visible_effects:
            effect: Effect = "down" if "down" in visible_effects else "degraded"
            affected.append(
                AffectedService(
                    key, effect, customers, _shortest_path(graph, service_node(key), failed)
                )
            )
    return tuple(affected)


def effects_for(
    graph: Graph, failed: Collection[Node], customer: str | None, keys: Collection[str]
) -> dict[str, Effect]:
    """Return the effect on each of these services for one customer (None: by all their needs).

    `keys` contains all dependents of the failed nodes.
    """
    effect_by_node: dict[Node, Effect] = dict.fromkeys(failed, "down")
    affected_keys = frozenset(keys)
    for key in (key for key in graph.topological_order if key in affected_keys):
        node = service_node(key)
        need_effects = [
            _need_effect(need, effect_by_node) for need in graph.needs_of_customer(key, customer)
        ]
        if node not in effect_by_node and any(need_effects):
            effect_by_node[node] = "down" if "down" in need_effects else "degraded"
    return {
        key: effect_by_node[service_node(key)]
        for key in keys
        if service_node(key) in effect_by_node
    }


def _need_effect(need: Need, effect_by_node: Mapping[Node, Effect]) -> Effect | None:
    node_effects = [effect_by_node[node] for node in need.nodes if node in effect_by_node]
    if node_effects.count("down") > need.spare_count:
        return "down"
    return "degraded" if node_effects else None


def _customer_effects(
    graph: Graph, key: str, by_customer: Mapping[str, Mapping[str, Effect]]
) -> dict[str, Effect]:
    buyers = sorted(graph.sold_to.get(key, ()))
    return {one: by_customer[one][key] for one in buyers if key in by_customer[one]}


def _shortest_path(graph: Graph, start: Node, failed: Collection[Node]) -> tuple[Node, ...]:
    queue: deque[tuple[Node, ...]] = deque([(start,)])
    seen = {start}
    while queue:
        path = queue.popleft()
        if path[-1] in failed:
            return path
        for node in graph.runs_on(path[-1].key) if path[-1].kind == "service" else ():
            if node not in seen:
                seen.add(node)
                queue.append((*path, node))
    return (start,)
