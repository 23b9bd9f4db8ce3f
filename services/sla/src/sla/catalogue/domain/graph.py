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

Kind = Literal["service", "environment", "partner"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Node(NamedTuple):
    """Written `environment/acme-prod`."""

    kind: Kind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


def node_of(written: str) -> Node:
    """Raises ValueError for what is not written `kind/key`."""
    kind, slash, key = written.partition("/")
    for known in KINDS:
        if slash and key and kind == known:
            return Node(known, key)
    raise ValueError(f"{written!r} is no node; write it like environment/acme-prod")


def service(key: str) -> Node:
    return Node("service", key)


@dataclass(frozen=True, slots=True)
class Need:
    """`at_least` so many of the nodes `of` must work: 1 <= at_least <= len(of)."""

    of: tuple[Node, ...]
    at_least: int = 1

    @property
    def spare(self) -> int:
        """How many may fail."""
        return len(self.of) - self.at_least


@dataclass(frozen=True)
class Graph:
    """`needs` and `sold_to` (customers) by service, `owners` (the customer) by environment: keys."""

    needs: Mapping[str, tuple[Need, ...]]
    sold_to: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All services, each after those that it runs on. Raises graphlib.CycleError."""
        return tuple(TopologicalSorter(_below(self.needs)).static_order())

    @cached_property
    def above(self) -> Mapping[Node, tuple[str, ...]]:
        """The services that name a node in their needs."""
        found: dict[Node, list[str]] = {}
        for key in sorted(self.needs):
            for node in dict.fromkeys(self.runs_on(key)):
                found.setdefault(node, []).append(key)
        return {node: tuple(keys) for node, keys in found.items()}

    def runs_on(self, key: str) -> Iterator[Node]:
        """What a service names in its needs."""
        return (node for need in self.needs.get(key, ()) for node in need.of)

    def for_customer(self, key: str, customer: str | None) -> Iterator[Need]:
        """The needs of a service as they concern one customer; None: all, as they are written."""
        for need in self.needs.get(key, ()):
            own = tuple(node for node in need.of if self._concerns(node, customer))
            if own:
                yield Need(own, min(need.at_least, len(own)))

    def dependents(self, nodes: Iterable[Node]) -> tuple[str, ...]:
        """Services that rest upon these nodes, however far above; lower ones first."""
        reached, waiting = set[str](), list(nodes)
        while waiting:
            for key in self.above.get(waiting.pop(), ()):
                if key not in reached:
                    reached.add(key)
                    waiting.append(service(key))
        return tuple(key for key in self.order if key in reached)

    def beneath(self, key: str, customer: str | None = None) -> set[Node]:
        """All that a service rests upon, however far below, as it concerns the customer."""
        reached, waiting = set[Node](), [service(key)]
        while waiting:
            current = waiting.pop()
            if current.kind == "service":
                named = (n for need in self.for_customer(current.key, customer) for n in need.of)
                waiting += [node for node in named if node not in reached]
                reached.update(waiting)
        return reached

    def _concerns(self, node: Node, customer: str | None) -> bool:
        owner = self.owners.get(node.key) if node.kind == "environment" else None
        return customer is None or owner is None or owner == customer


def cycle(needs: Mapping[str, tuple[Need, ...]]) -> tuple[str, ...] | None:
    """The services of a cycle, the first one again at the end; None where there is none.

    Each runs on the one that follows it.
    """
    try:
        TopologicalSorter(_below(needs)).prepare()
    except CycleError as found:
        return tuple(reversed(found.args[1]))
    return None


def _below(needs: Mapping[str, tuple[Need, ...]]) -> dict[str, list[str]]:
    return {
        key: [node.key for need in needs[key] for node in need.of if node.kind == "service"]
        for key in sorted(needs)
    }
