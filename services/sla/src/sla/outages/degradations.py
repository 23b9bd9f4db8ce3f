"""Services that rest upon what is down are degraded, and restored when it is up again.

What runs on it is told, never counted: availability counts what was seen of a service itself (C12).
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
from sla.outages.domain.dependencies import beneath, impairs
from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Place, Question
from sla.outages.events import place_facts
from sla.outages.store import degradations as conditions
from sla.outages.store import outages
from sla.outages.store.degradations import Condition


async def restate(tx: Connection, place: Place, at: datetime) -> None:
    """Say anew how the services are that rest upon a place, after something changed there."""
    graph = await catalogue.graph(tx)
    resting = graph.dependents([node_at(place)])
    if not resting:
        return
    places = [one for key in resting for one in await _felt(tx, graph, key, place)]
    held = [await conditions.hold(tx, one) for one in sorted(places, key=_order)]
    # Read after the locks: of two outages that end at once, the second finds nothing left.
    still = await outages.open_now(tx)
    for condition in held:
        await _restated(tx, graph, condition, still, at)


def node_at(place: Place) -> Node:
    """What of the catalogue is down with the place: the service, or a whole environment."""
    if place.service is not None:
        return Node("service", place.service)
    assert place.environment is not None
    return Node("environment", place.environment)


async def _felt(tx: Connection, graph: Graph, service: str, place: Place) -> list[Place]:
    """The places of a service that rests upon `place`: of its customer, or of all who bought it."""
    environment = place.environment if place.service is not None else None
    whose: list[tuple[UUID | None, str | None]] = [(place.customer_id, place.customer)]
    if place.customer_id is None:
        ids = await directory.customer_ids(tx, graph.sold_to.get(service, frozenset()))
        whose = [(id, key) for key, id in ids.items()] or whose
    return [Place(id, environment, service, None, key) for id, key in whose]


def _order(place: Place) -> tuple[str, str, str]:
    return str(place.customer_id), str(place.environment), str(place.service)


async def _restated(
    tx: Connection, graph: Graph, condition: Condition, still: Sequence[Outage], at: datetime
) -> None:
    place = condition.place
    question = Question(place.customer_id, place.environment, place.service)
    nodes = beneath(graph, question, place.customer)
    down = _names(
        one.place
        for one in still
        # What hits the service itself is an outage of its own, and no mere impairment.
        if one.effect == "down"
        and not question.concerns(one.place)
        and impairs(one.place, nodes, question)
    )
    if down == condition.caused_by:
        return
    since = (condition.since or at) if down else None
    kept = replace(condition, caused_by=down, since=since, sequence=condition.sequence + 1)
    await conditions.save(tx, kept)
    facts = place_facts(place) | {"at": at, "condition_id": kept.id, "caused_by": list(down)}
    told = ServiceDegraded(**facts, started_at=since) if since else ServiceRestored(**facts)
    await publish(tx, OutboxEvent(told, kept.sequence))


def _names(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(sorted({str(node_at(place)) for place in places}))
