"""What a service rests upon: an outage there impairs it, and is no downtime of its own. Pure."""

from collections.abc import Collection
from dataclasses import replace

from sla.catalogue.domain.graph import Graph, Node
from sla.outages.domain.scope import Place, Question


def beneath(graph: Graph, question: Question, customer: str | None) -> Collection[Node]:
    """All that the service asked about rests upon, as it concerns the customer (by key)."""
    return () if question.service is None else graph.beneath(question.service, customer)


def impairs(place: Place, nodes: Collection[Node], question: Question) -> bool:
    """Whether an outage at the place is one of something beneath the service asked about."""
    if not nodes:
        return False
    named = place.environment is not None and Node("environment", place.environment) in nodes
    if place.service is None:
        return named
    here = named or replace(question, service=None, agreement=None).concerns(place)
    return here and Node("service", place.service) in nodes
