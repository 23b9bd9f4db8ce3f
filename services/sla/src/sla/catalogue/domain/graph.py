"""What services run on: services, environments and partners, as a graph without cycles. Pure.

A service works while all of its needs are met. A need names nodes and how many of them must work:
one of one is indispensable, one of two is a stand-by, two of three is a cluster.

An environment belongs to one customer, so a need of it concerns that customer alone:
`needs_of_customer` leaves out the environments of others, and needs that are empty without them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal, NamedTuple, get_args

NodeKind = Literal["service", "environment", "partner"]
NODE_KINDS: tuple[NodeKind, ...] = get_args(NodeKind)


class Node(NamedTuple):
    """A node of the graph; its text is `environment/acme-prod`."""

    kind: NodeKind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


def parse_node(text: str) -> Node:
    """Parse `kind/key`. Raises ValueError for other text."""
    kind, slash, key = text.partition("/")
    for candidate in NODE_KINDS:
        if slash and key and kind == candidate:
            return Node(candidate, key)
    raise ValueError(f"{text!r} is not a valid node; write it like environment/acme-prod")


def service_node(key: str) -> Node:
    """Return the node of a service."""
    return Node("service", key)


@dataclass(frozen=True, slots=True)
class Need:
    """At least `at_least` of the `nodes` must work: 1 <= at_least <= len(nodes)."""

    nodes: tuple[Node, ...]
    at_least: int = 1

    @property
    def spare_count(self) -> int:
        """The number of nodes that may fail."""
        return len(self.nodes) - self.at_least


@dataclass(frozen=True)
class Graph:
    """Keys: `needs` and `sold_to` (customers) by service, `owners` (customers) by environment."""

    needs: Mapping[str, tuple[Need, ...]]
    sold_to: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def topological_order(self) -> tuple[str, ...]:
        """All services, each after those that it runs on. Raises graphlib.CycleError."""
        return tuple(TopologicalSorter(_service_dependencies(self.needs)).static_order())

    @cached_property
    def direct_dependents(self) -> Mapping[Node, tuple[str, ...]]:
        """The services that name a node in their needs, by node."""
        dependents: dict[Node, list[str]] = {}
        for key in sorted(self.needs):
            for node in dict.fromkeys(self.runs_on(key)):
                dependents.setdefault(node, []).append(key)
        return {node: tuple(keys) for node, keys in dependents.items()}

    def runs_on(self, key: str) -> Iterator[Node]:
        """Return the nodes that a service names in its needs."""
        return (node for need in self.needs.get(key, ()) for node in need.nodes)

    def needs_of_customer(self, key: str, customer: str | None) -> Iterator[Need]:
        """Yield the needs of a service as they concern one customer; None: all needs."""
        for need in self.needs.get(key, ()):
            own_nodes = tuple(node for node in need.nodes if self._is_relevant(node, customer))
            if own_nodes:
                yield Need(own_nodes, min(need.at_least, len(own_nodes)))

    def dependents(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        """Return all services that depend on these nodes, directly or not; lower ones first."""
        reached, pending = set[str](), list(nodes)
        while pending:
            for key in self.direct_dependents.get(pending.pop(), ()):
                if key not in reached:
                    reached.add(key)
                    pending.append(service_node(key))
        return tuple(key for key in self.topological_order if key in reached)

    def below(self, key: str, customer: str | None = None) -> set[Node]:
        """Return all nodes, direct or not, that a service depends on for this customer."""
        reached, pending = set[Node](), [service_node(key)]
        while pending:
            current = pending.pop()
            if current.kind == "service":
                needed = (
                    n for need in self.needs_of_customer(current.key, customer) for n in need.nodes
                )
                pending += [node for node in needed if node not in reached]
                reached.update(pending)
        return reached

    def _is_relevant(self, node: Node, customer: str | None) -> bool:
        owner = self.owners.get(node.key) if node.kind == "environment" else None
        return customer is None or owner is None or owner == customer


def find_cycle(needs: Mapping[str, tuple[Need, ...]]) -> tuple[str, ...] | None:
    """Return the services of a cycle, each before the one it runs on, the first again at the end.

    None where there is no cycle.
    """
    try:
        TopologicalSorter(_service_dependencies(needs)).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return None


def _service_dependencies(needs: Mapping[str, tuple[Need, ...]]) -> dict[str, list[str]]:
    return {
        key: [node.key for need in needs[key] for node in need.nodes if node.kind == "service"]
        for key in sorted(needs)
    }
