"""The graph of services as an SVG chart. Pure.

Arrows lead from a service to what it runs on. Dashed arrows lead to redundant nodes; the label says
how many of them must work. Red borders: single points of failure. With `effects`, affected nodes
are filled.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sla.catalogue.domain.graph import Graph, Need, Node, service_node
from sla.catalogue.domain.impact import Effect
from sla.catalogue.domain.layout import layout_rows
from sla.rendering.svg import Element, SvgPicture, element, group, path, rect, text
from sla.rendering.theme import ThemeName

BOX_WIDTH, BOX_HEIGHT = 168, 46
HORIZONTAL_GAP, VERTICAL_GAP = 28, 74
MARGIN = 24
LEGEND_HEIGHT = 40
MAX_LABEL_CHARS = 20
"""Characters of a name in a box; the tooltip has all of it."""
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
    """The upper left position of a box."""

    x: int
    y: int


def render_svg(
    graph: Graph,
    nodes: Collection[Node],
    single_points: Collection[Node] = (),
    effects: Mapping[Node, Effect] | None = None,
    theme: ThemeName = "light",
) -> str:
    """Render an SVG document of these nodes of the graph."""
    layers = layout_rows(graph, nodes)
    widest = max((len(row) for row in layers), default=1)
    width = max(widest * (BOX_WIDTH + HORIZONTAL_GAP) - HORIZONTAL_GAP, 720) + 2 * MARGIN
    positions = dict(_positions(layers, width))
    height = len(layers) * (BOX_HEIGHT + VERTICAL_GAP) + MARGIN + LEGEND_HEIGHT
    picture = SvgPicture(
        f"catalogue of {sorted(nodes)}, {sorted((effects or {}).items())}",
        "What the services run on",
        width,
        height,
        font="sans-serif",
        font_size=13,
        fill=TEXT_COLOUR,
        fixed_size=True,
        theme=theme,
    )
    tip = picture.id("tip")
    return picture.render(
        [
            _tip(tip),
            *_legend(height),
            *(one for node in sorted(positions) for one in _arrows(graph, node, positions, tip)),
            *(
                _box(graph, node, positions[node], node in single_points, effects or {})
                for node in positions
            ),
        ]
    )


def _tip(name: str) -> Element:
    head = path("M0 0L8 4L0 8z", fill=LINE_COLOUR)
    marker = element(
        "marker",
        head,
        id=name,
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=7,
        markerHeight=7,
        orient="auto",
    )
    return element("defs", marker)


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


def _arrows(
    graph: Graph, node: Node, positions: Mapping[Node, Point], tip: str
) -> Iterator[Element]:
    needs = graph.needs.get(node.key, ()) if node.kind == "service" else ()
    # Ordered by where they end, so that the arrows of one box do not cross.
    for index, need in enumerate(sorted(needs, key=lambda one: _middle(one, positions))):
        start = positions[node].x + BOX_WIDTH * (index + 1) // (len(needs) + 1)
        top = positions[node].y + BOX_HEIGHT
        for one in need.nodes:
            if one in positions:
                yield _arrow(start, top, positions[one], need, tip)
        if need.spare_count:
            label = f"{need.at_least} of {len(need.nodes)}"
            yield text(start + 6, top + 14, label, font_size=11)


def _middle(need: Need, positions: Mapping[Node, Point]) -> float:
    ends = [positions[one].x for one in need.nodes if one in positions]
    return sum(ends) / len(ends) if ends else 0


def _arrow(x: int, y: int, to: Point, need: Need, tip: str) -> Element:
    end, bend = to.x + BOX_WIDTH // 2, max((to.y - y) // 2, 20)
    return path(
        f"M{x} {y}C{x} {y + bend} {end} {to.y - bend} {end} {to.y}",
        fill="none",
        stroke=LINE_COLOUR,
        stroke_width=1.3,
        stroke_dasharray="5 4" if need.spare_count else None,
        marker_end=f"url(#{tip})",
    )


def _box(
    graph: Graph, node: Node, position: Point, fatal: bool, effects: Mapping[Node, Effect]
) -> Element:
    effect = effects.get(node)
    caption = _caption(graph, node, effect)
    title = f"{node}: {caption}" + (", single point of failure" if fatal else "")
    middle = position.x + BOX_WIDTH // 2
    colour, width = (FATAL_COLOUR, 2.5) if fatal else (LINE_COLOUR, None)
    fill = FILL_COLOURS[effect or node.kind]
    return group(
        rect(*position, BOX_WIDTH, BOX_HEIGHT, rx=7, fill=fill, stroke=colour, stroke_width=width),
        text(middle, position.y + 20, _truncate(node.key), anchor="middle", font_weight="600"),
        text(middle, position.y + 36, _truncate(caption, 26), anchor="middle", font_size=11),
        title=title,
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


def _legend(height: int) -> Iterator[Element]:
    for index, (name, fill) in enumerate(FILL_COLOURS.items()):
        x, y = MARGIN + index * 105, height - LEGEND_HEIGHT + 12
        yield rect(x, y, 14, 14, rx=3, fill=fill)
        yield text(x + 20, y + 12, name, font_size=12)
    x = MARGIN + len(FILL_COLOURS) * 105
    yield rect(x, y, 14, 14, rx=3, fill="none", stroke=FATAL_COLOUR, stroke_width=2.5)
    yield text(x + 20, y + 12, "single point of failure", font_size=12)


def neighbourhood(graph: Graph, nodes: Collection[Node]) -> set[Node]:
    """Return these nodes, the services that depend on them, and all that those run on."""
    above = {*nodes, *map(service_node, graph.dependents(nodes))}
    services = {node for node in above if node.kind == "service"}
    return above.union(*(graph.below(node.key) for node in services)) if services else above


def all_nodes(graph: Graph) -> set[Node]:
    """Return all services and all that they run on."""
    return {*map(service_node, graph.needs), *graph.direct_dependents}
