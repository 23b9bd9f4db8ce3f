"""The catalogue as a picture (SVG): people would rather look. Pure.

Arrows lead from a service to what it runs on. A dashed one goes to a stand-by: the label says how
many of them must work. Red borders: single points of failure. With `effects`, who is hit is filled.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from sla.catalogue.domain.graph import Graph, Need, Node, service_node
from sla.catalogue.domain.impact import Effect
from sla.catalogue.domain.layout import layout_rows

BOX_WIDTH, BOX_HEIGHT = 168, 46
HORIZONTAL_GAP, VERTICAL_GAP = 28, 74
MARGIN = 24
LEGEND_HEIGHT = 40
MAX_LABEL_CHARS = 20
"""Characters of a name that fit into a box; the rest is in the box's title."""
TEXT_COLOUR = "#1b2733"
FILL_COLOURS: Mapping[str, str] = {
    "service": "#dbe9f9",
    "environment": "#dff2e1",
    "partner": "#efe3f7",
    "down": "#f3b0a9",
    "degraded": "#fbe3a6",
}
FATAL_COLOUR, LINE_COLOUR = "#b3261e", "#6b7a89"


class Point(NamedTuple):
    """The upper left corner of a box."""

    x: int
    y: int


def render_svg(
    graph: Graph,
    nodes: Collection[Node],
    single_points: Collection[Node] = (),
    effects: Mapping[Node, Effect] | None = None,
) -> str:
    """An SVG document of these nodes of the graph."""
    layers = layout_rows(graph, nodes)
    widest = max((len(row) for row in layers), default=1)
    width = max(widest * (BOX_WIDTH + HORIZONTAL_GAP) - HORIZONTAL_GAP, 720) + 2 * MARGIN
    positions = dict(_positions(layers, width))
    height = len(layers) * (BOX_HEIGHT + VERTICAL_GAP) + MARGIN + LEGEND_HEIGHT
    parts = [
        *_legend(height),
        *(line for node in sorted(positions) for line in _arrows(graph, node, positions)),
        *(
            _box(graph, node, positions[node], node in single_points, effects or {})
            for node in positions
        ),
    ]
    return _document(width, height, parts)


def _document(width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="13" role="img" '
        f'fill="{TEXT_COLOUR}"><title>What the services run on</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{LINE_COLOUR}"/></marker></defs>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _positions(layers: Sequence[Sequence[Node]], width: int) -> Iterator[tuple[Node, Point]]:
    for index, row in enumerate(layers):
        left = (width - len(row) * (BOX_WIDTH + HORIZONTAL_GAP) + HORIZONTAL_GAP) // 2
        for column, node in enumerate(row):
            yield (
                node,
                Point(
                    left + column * (BOX_WIDTH + HORIZONTAL_GAP),
                    MARGIN + index * (BOX_HEIGHT + VERTICAL_GAP),
                ),
            )


def _arrows(graph: Graph, node: Node, positions: Mapping[Node, Point]) -> Iterator[str]:
    needs = graph.needs.get(node.key, ()) if node.kind == "service" else ()
    # From left to right as they end, so that the arrows of one box do not cross.
    for index, need in enumerate(sorted(needs, key=lambda one: _middle(one, positions))):
        start = positions[node].x + BOX_WIDTH * (index + 1) // (len(needs) + 1)
        top = positions[node].y + BOX_HEIGHT
        for target in need.nodes:
            if target in positions:
                yield _arrow(start, top, positions[target], need)
        if need.spare_count:
            label = f"{need.at_least} of {len(need.nodes)}"
            yield f'<text x="{start + 6}" y="{top + 14}" font-size="11">{label}</text>'


def _middle(need: Need, positions: Mapping[Node, Point]) -> float:
    ends = [positions[one].x for one in need.nodes if one in positions]
    return sum(ends) / len(ends) if ends else 0


def _arrow(x: int, y: int, to: Point, need: Need) -> str:
    end, bend = to.x + BOX_WIDTH // 2, max((to.y - y) // 2, 20)
    dashes = ' stroke-dasharray="5 4"' if need.spare_count else ""
    return (
        f'<path d="M{x} {y}C{x} {y + bend} {end} {to.y - bend} {end} {to.y}" fill="none" '
        f'stroke="{LINE_COLOUR}" stroke-width="1.3"{dashes} marker-end="url(#tip)"/>'
    )


def _box(
    graph: Graph, node: Node, position: Point, fatal: bool, effects: Mapping[Node, Effect]
) -> str:
    effect = effects.get(node)
    border = f'stroke="{FATAL_COLOUR}" stroke-width="2.5"' if fatal else f'stroke="{LINE_COLOUR}"'
    caption = _caption(graph, node, effect)
    title = f"{node}: {caption}" + (", single point of failure" if fatal else "")
    middle = position.x + BOX_WIDTH // 2
    return (
        f"<g><title>{escape(title)}</title>"
        f'<rect x="{position.x}" y="{position.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="7" '
        f'fill="{FILL_COLOURS[effect or node.kind]}" {border}/>'
        f'<text x="{middle}" y="{position.y + 20}" text-anchor="middle" font-weight="600">'
        f"{escape(_truncate(node.key))}</text>"
        f'<text x="{middle}" y="{position.y + 36}" text-anchor="middle" font-size="11">'
        f"{escape(_truncate(caption, 26))}</text></g>"
    )


def _caption(graph: Graph, node: Node, effect: Effect | None) -> str:
    if effect is not None:
        return effect
    if node.kind == "environment" and node.key in graph.owners:
        return f"environment of {graph.owners[node.key]}"
    buyers = sorted(graph.sold_to.get(node.key, ())) if node.kind == "service" else []
    return f"for {', '.join(buyers)}" if buyers else node.kind


def _truncate(text: str, max_chars: int = MAX_LABEL_CHARS) -> str:
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


def _legend(height: int) -> Iterator[str]:
    for index, (name, fill) in enumerate(FILL_COLOURS.items()):
        x, y = MARGIN + index * 105, height - LEGEND_HEIGHT + 12
        yield f'<rect x="{x}" y="{y}" width="14" height="14" rx="3" fill="{fill}"/>'
        yield f'<text x="{x + 20}" y="{y + 12}" font-size="12">{name}</text>'
    x = MARGIN + len(FILL_COLOURS) * 105
    yield (
        f'<rect x="{x}" y="{y}" width="14" height="14" rx="3" fill="none" stroke="{FATAL_COLOUR}" '
        f'stroke-width="2.5"/><text x="{x + 20}" y="{y + 12}" font-size="12">'
        "single point of failure</text>"
    )


def neighbourhood(graph: Graph, nodes: Collection[Node]) -> set[Node]:
    """These nodes, what rests upon them, and all that it rests upon in turn."""
    above = {*nodes, *map(service_node, graph.dependents(nodes))}
    services = {node for node in above if node.kind == "service"}
    return above.union(*(graph.below(node.key) for node in services)) if services else above


def all_nodes(graph: Graph) -> set[Node]:
    """All services, and what they run on."""
    return {*map(service_node, graph.needs), *graph.direct_dependents}
