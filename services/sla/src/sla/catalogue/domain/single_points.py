"""Single points of failure: nodes that alone take a service down, however well it is doubled. Pure.

One pass from below: a service falls with itself, and with whatever takes more nodes of a need down
than the need has to spare. So two stand-bys on one partner show that partner.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sla.catalogue.domain.graph import Graph, Need, Node, service


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """`services` fall with the node, `customers` bought at least one of them and feel it."""

    node: Node
    services: tuple[str, ...]
    customers: tuple[str, ...]


def single_points(graph: Graph) -> tuple[SinglePoint, ...]:
    """Those that most customers hang on first. A service is no single point of itself."""
    services: dict[Node, set[str]] = {}
    customers: dict[Node, set[str]] = {}
    buyers = {one for sold in graph.sold_to.values() for one in sold}
    for customer in (None, *sorted(buyers)):
        for key, fatal in fatalities(graph, customer).items():
            if not _holds(graph, key, customer):
                continue
            for node in fatal - {service(key)}:
                services.setdefault(node, set()).add(key)
                customers.setdefault(node, set()).update({customer} if customer else ())
    found = [
        SinglePoint(node, tuple(sorted(hit)), tuple(sorted(customers[node])))
        for node, hit in services.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.customers), -len(one.services), one.node)))


def _holds(graph: Graph, key: str, customer: str | None) -> bool:
    """What nobody has bought is judged as it is written; else by those who bought it."""
    bought = graph.sold_to.get(key)
    return customer in bought if bought else customer is None


def fatalities(graph: Graph, customer: str | None) -> Mapping[str, frozenset[Node]]:
    """By service: every node whose failure alone takes it down for this customer."""
    found: dict[Node, frozenset[Node]] = {}
    for key in graph.order:
        fatal = {service(key)}
        for need in graph.for_customer(key, customer):
            fatal |= _fatal(need, found)
        found[service(key)] = frozenset(fatal)
    return {key: found[service(key)] for key in graph.order}


def _fatal(need: Need, found: Mapping[Node, frozenset[Node]]) -> set[Node]:
    falls = Counter(node for one in need.of for node in found.get(one, {one}))
    return {node for node, fallen in falls.items() if fallen > need.spare}
