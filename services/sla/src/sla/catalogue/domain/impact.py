"""Whom and what it hits when nodes of the catalogue do not work. Pure.

*Down*: a need has fewer working nodes left than it must have. *Impaired*: all needs are met, but
something beneath is down or degraded: redundancy is used up. This is what the catalogue lets expect;
availability counts only what was seen of a service itself, and records its dependents as degraded.
"""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from sla.catalogue.domain.graph import Graph, Need, Node, service

Effect = Literal["down", "degraded"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that is hit: `effect` is the worst one, `customers` those who bought it and feel it.

    `because` leads from the service down to what failed, by the shortest way.
    """

    service: str
    effect: Effect
    customers: Mapping[str, Effect]
    because: tuple[Node, ...]


def impact(graph: Graph, failed: Collection[Node]) -> tuple[Hit, ...]:
    """The services that are hit when these nodes fail, lower ones first."""
    named = [node.key for node in failed if node.kind == "service" and node.key in graph.needs]
    reached = tuple(dict.fromkeys([*named, *graph.dependents(failed)]))
    concerned = {one for key in reached for one in graph.sold_to.get(key, ())}
    by_customer = {one: effects(graph, failed, one, reached) for one in sorted(concerned)}
    whole = effects(graph, failed, None, reached)
    found = []
    for key in reached:
        customers = _customers(graph, key, by_customer)
        # What nobody buys is judged as it is written; else by those who bought it.
        felt = set(customers.values()) if graph.sold_to.get(key) else {whole[key]}
        if felt:
            effect: Effect = "down" if "down" in felt else "degraded"
            found.append(Hit(key, effect, customers, _way(graph, service(key), failed)))
    return tuple(found)


def effects(
    graph: Graph, failed: Collection[Node], customer: str | None, among: Collection[str]
) -> dict[str, Effect]:
    """By service (of `among`, which holds all dependents): what one customer sees of it."""
    found: dict[Node, Effect] = dict.fromkeys(failed, "down")
    reached = frozenset(among)
    for key in (key for key in graph.order if key in reached):
        node = service(key)
        felt = [_felt(need, found) for need in graph.for_customer(key, customer)]
        if node not in found and any(felt):
            found[node] = "down" if "down" in felt else "degraded"
    return {key: found[service(key)] for key in among if service(key) in found}


def _felt(need: Need, found: Mapping[Node, Effect]) -> Effect | None:
    hit = [found[node] for node in need.of if node in found]
    if hit.count("down") > need.spare:
        return "down"
    return "degraded" if hit else None


def _customers(
    graph: Graph, key: str, by_customer: Mapping[str, Mapping[str, Effect]]
) -> dict[str, Effect]:
    bought = sorted(graph.sold_to.get(key, ()))
    return {one: by_customer[one][key] for one in bought if key in by_customer[one]}


def _way(graph: Graph, start: Node, failed: Collection[Node]) -> tuple[Node, ...]:
    waiting: deque[tuple[Node, ...]] = deque([(start,)])
    seen = {start}
    while waiting:
        way = waiting.popleft()
        if way[-1] in failed:
            return way
        for node in graph.runs_on(way[-1].key) if way[-1].kind == "service" else ():
            if node not in seen:
                seen.add(node)
                waiting.append((*way, node))
    return (start,)
