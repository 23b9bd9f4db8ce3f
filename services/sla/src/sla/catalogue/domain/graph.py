"""What services run on: other services, environments, partners; a graph without cycles. Pure.

A service works while all of its needs are met. A need names one or several nodes and how many of
them must work: one of one is "cannot do without", one of two is a stand-by, two of three a cluster.

An environment belongs to one customer. So what a service needs of it concerns that customer alone:
`for_customer` leaves the environments of all others out, and a need that is then empty, too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Literal, NamedTuple, get_args

NodeKind = Literal["service", "environment", "partner"]
NODE_KINDS: tuple[NodeKind, ...] = get_args(NodeKind)


class Node(NamedTuple):
    """Written `environment/acme-prod`."""

    kind: NodeKind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


def parse_node(text: str) -> Node:
    """Raises ValueError for what is not written `kind/key`."""
    kind, slash, key = text.partition("/")
    for candidate in NODE_KINDS:
        if slash and key and kind == candidate:
            return Node(candidate, key)
    raise ValueError(f"{text!r} is no node; write it like environment/acme-prod")


def service_node(key: str) -> Node:
    return Node("service", key)


@dataclass(frozen=True, slots=True)
class Need:
    """`at_least` so many of the nodes `of` must work: 1 <= at_least <= len(of)."""

    nodes: tuple[Node, ...]
    at_least: int = 1

    @property
    def spare_count(self) -> int:
        """How many may fail."""
        return len(self.nodes) - self.at_least


@dataclass(frozen=True)
class Graph:
    """`needs` and `sold_to` (customers) by service, `owners` (the customer) by environment: keys."""

    needs: Mapping[str, tuple[Need, ...]]
    sold_to: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def topological_order(self) -> tuple[str, ...]:
        """All services, each after those that it runs on. Raises graphlib.CycleError."""
        return tuple(TopologicalSorter(_service_dependencies(self.needs)).static_order())

    @cached_property
    def direct_dependents(self) -> Mapping[Node, tuple[str, ...]]:
        """The services that name a node in their needs."""
        dependents: dict[Node, list[str]] = {}
        for key in sorted(self.needs):
            for node in dict.fromkeys(self.runs_on(key)):
                dependents.setdefault(node, []).append(key)
        return {node: tuple(keys) for node, keys in dependents.items()}

    def runs_on(self, key: str) -> Iterator[Node]:
        """What a service names in its needs."""
        return (node for need in self.needs.get(key, ()) for node in need.nodes)

    def needs_of_customer(self, key: str, customer: str | None) -> Iterator[Need]:
        """The needs of a service as they concern one customer; None: all, as they are written."""
        for need in self.needs.get(key, ()):
            own_nodes = tuple(node for node in need.nodes if self._is_relevant(node, customer))
            if own_nodes:
                yield Need(own_nodes, min(need.at_least, len(own_nodes)))

    def dependents(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        """Services that rest upon these nodes, however far above; lower ones first."""
        reached, pending = set[str](), list(nodes)
        while pending:
            for key in self.direct_dependents.get(pending.pop(), ()):
                if key not in reached:
                    reached.add(key)
                    pending.append(service_node(key))
        return tuple(key for key in self.topological_order if key in reached)

    def below(self, key: str, customer: str | None = None) -> set[Node]:
        """All that a service rests upon, however far below, as it concerns the customer."""
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
    """The services of a cycle, the first one again at the end; None where there is none.

    Each runs on the one that follows it.
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
