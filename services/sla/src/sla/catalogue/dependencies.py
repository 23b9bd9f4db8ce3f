"""The nodes of the catalogue that a request names."""

from collections.abc import Sequence

from common.errors import ValidationFailed, Violation
from common.persistence.database import Connection
from sla.catalogue.domain.graph import Node, parse_node
from sla.catalogue.store import catalogue

MAX_NODES = 20
"""Nodes that one request may name."""


async def resolve_nodes(tx: Connection, names: Sequence[str]) -> list[Node]:
    """Return the nodes with these names, each once. Raises ValidationFailed for unknown ones."""
    nodes = list(dict.fromkeys(map(parse_node, names)))
    if unknown := await catalogue.find_unknown_nodes(tx, nodes):
        raise ValidationFailed(
            [
                Violation("/query/node", "unknown_reference", f"there is no {one.kind} {one.key!r}")
                for one in sorted(unknown)
            ]
        )
    return nodes
