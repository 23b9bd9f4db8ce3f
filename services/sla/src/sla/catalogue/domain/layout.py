"""The layout of the graph of services: dependents above what they run on. Pure."""

from collections.abc import Collection, Mapping, Sequence

from sla.catalogue.domain.graph import Graph, Node, service_node

SWEEP_COUNT = 4
"""Passes over the rows, down and up, that reduce crossings."""


def layout_rows(graph: Graph, nodes: Collection[Node]) -> list[list[Node]]:
    """Return the nodes in rows from the top, with neighbours below each other where possible.

    A service is one row above the highest node that it runs on; environments and partners are in
    the lowest row.
    """
    depths = _depths(graph, nodes)
    layers: list[list[Node]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for node in sorted(nodes):
        layers[-1 - depths[node]].append(node)
    above, below = _neighbours(graph, nodes)
    for sweep in range(SWEEP_COUNT):
        order = range(1, len(layers)) if sweep % 2 == 0 else range(len(layers) - 2, -1, -1)
        for index in order:
            _sort_row(layers, index, above if sweep % 2 == 0 else below)
    return layers


def _depths(graph: Graph, nodes: Collection[Node]) -> dict[Node, int]:
    depths = {node: 0 for node in nodes if node.kind != "service"}
    for node in map(service_node, graph.topological_order):
        if node in nodes:
            below = [depths[one] for one in graph.runs_on(node.key) if one in depths]
            depths[node] = 1 + max(below, default=0)
    return depths


def _neighbours(
    graph: Graph, nodes: Collection[Node]
) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    above: dict[Node, list[Node]] = {node: [] for node in nodes}
    below: dict[Node, list[Node]] = {node: [] for node in nodes}
    for node in nodes:
        for one in graph.runs_on(node.key) if node.kind == "service" else ():
            if one in below:
                below[node].append(one)
                above[one].append(node)
    return above, below


def _sort_row(
    layers: list[list[Node]], index: int, neighbours: Mapping[Node, Sequence[Node]]
) -> None:
    """Sort one row by the mean position of its neighbours."""
    positions = {node: at / max(len(row), 1) for row in layers for at, node in enumerate(row)}

    def middle(node: Node) -> float:
        near = [positions[one] for one in neighbours[node]]
        return sum(near) / len(near) if near else positions[node]

    layers[index].sort(key=middle)
