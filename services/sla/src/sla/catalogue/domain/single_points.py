"""Single points of failure: nodes whose failure alone takes a service down. Pure.

One pass from below: a service fails with itself, and with every node that takes down more nodes of
a need than it has to spare. So a partner below two stand-bys is found.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sla.catalogue.domain.graph import Graph, Need, Node, service_node


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A node whose failure takes down `services`; `customers` bought at least one of them."""

    node: Node
    services: tuple[str, ...]
    customers: tuple[str, ...]


def single_points(graph: Graph) -> tuple[SinglePoint, ...]:
    """Return all single points of failure, those with most customers first.

    A service is not a single point of failure of itself.
    """
    services: dict[Node, set[str]] = {}
    customers: dict[Node, set[str]] = {}
    buyers = {one for sold in graph.sold_to.values() for one in sold}
    for customer in (None, *sorted(buyers)):
        for key, fatal in fatal_nodes(graph, customer).items():
            if not _counts_for(graph, key, customer):
                continue
            for node in fatal - {service_node(key)}:
                services.setdefault(node, set()).add(key)
                customers.setdefault(node, set()).update({customer} if customer else ())
    points = [
        SinglePoint(node, tuple(sorted(keys)), tuple(sorted(customers[node])))
        for node, keys in services.items()
    ]
    return tuple(
        sorted(points, key=lambda one: (-len(one.customers), -len(one.services), one.node))
    )


def _counts_for(graph: Graph, key: str, customer: str | None) -> bool:
    """Return whether the customer is a buyer, or None for a service without buyers."""
    buyers = graph.sold_to.get(key)
    return customer in buyers if buyers else customer is None


def fatal_nodes(graph: Graph, customer: str | None) -> Mapping[str, frozenset[Node]]:
    """Return for each service the nodes whose failure alone takes it down for this customer."""
    fatal_by_node: dict[Node, frozenset[Node]] = {}
    for key in graph.topological_order:
        fatal = {service_node(key)}
        for need in graph.needs_of_customer(key, customer):
            fatal |= _fatal_of_need(need, fatal_by_node)
        fatal_by_node[service_node(key)] = frozenset(fatal)
    return {key: fatal_by_node[service_node(key)] for key in graph.topological_order}


def _fatal_of_need(need: Need, fatal_by_node: Mapping[Node, frozenset[Node]]) -> set[Node]:
    failure_counts = Counter(node for one in need.nodes for node in fatal_by_node.get(one, {one}))
    return {node for node, failures in failure_counts.items() if failures > need.spare_count}
