"""The catalogue as a picture (SVG): people would rather look. Pure.

Arrows lead from a service to what it runs on. A dashed one goes to a stand-by: the label says how
many of them must work. Red borders: single points of failure. With `effects`, who is hit is filled.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sla.catalogue.domain.graph import Graph, Need, Node, service
from sla.catalogue.domain.impact import Effect
from sla.catalogue.domain.layout import rows
from sla.rendering.svg import Element, Picture, element, group, path, rect, text

WIDTH, HEIGHT = 168, 46
ACROSS, DOWN = 28, 74
MARGIN = 24
LEGEND = 40
LONGEST = 20
"""Characters of a name that fit into a box; the rest is in the box's title."""
INK = "#1b2733"
FILLS: Mapping[str, str] = {
    "service": "#dbe9f9",
    "environment": "#dff2e1",
    "partner": "#efe3f7",
    "down": "#f3b0a9",
    "degraded": "#fbe3a6",
}
FATAL, CALM = "#b3261e", "#6b7a89"


class Corner(NamedTuple):
    """The upper left corner of a box."""

    x: int
    y: int


def drawn(
    graph: Graph,
    nodes: Collection[Node],
    single: Collection[Node] = (),
    effects: Mapping[Node, Effect] | None = None,
) -> str:
    """An SVG document of these nodes of the graph."""
    placed = rows(graph, nodes)
    widest = max((len(row) for row in placed), default=1)
    width = max(widest * (WIDTH + ACROSS) - ACROSS, 720) + 2 * MARGIN
    places = dict(_places(placed, width))
    height = len(placed) * (HEIGHT + DOWN) + MARGIN + LEGEND
    picture = Picture(
        f"catalogue of {sorted(nodes)}",
        "What the services run on",
        width,
        height,
        font="sans-serif",
        font_size=13,
        fill=INK,
        fixed_size=True,
    )
    tip = picture.id("tip")
    return picture.drawn(
        [
            _tip(tip),
            *_legend(height),
            *(one for node in sorted(places) for one in _arrows(graph, node, places, tip)),
            *(_box(graph, node, places[node], node in single, effects or {}) for node in places),
        ]
    )


def _tip(name: str) -> Element:
    head = path("M0 0L8 4L0 8z", fill=CALM)
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


def _places(placed: Sequence[Sequence[Node]], width: int) -> Iterator[tuple[Node, Corner]]:
    for index, row in enumerate(placed):
        left = (width - len(row) * (WIDTH + ACROSS) + ACROSS) // 2
        for column, node in enumerate(row):
            yield (node, Corner(left + column * (WIDTH + ACROSS), MARGIN + index * (HEIGHT + DOWN)))


def _arrows(graph: Graph, node: Node, places: Mapping[Node, Corner], tip: str) -> Iterator[Element]:
    needs = graph.needs.get(node.key, ()) if node.kind == "service" else ()
    # From left to right as they end, so that the arrows of one box do not cross.
    for index, need in enumerate(sorted(needs, key=lambda one: _middle(one, places))):
        start = places[node].x + WIDTH * (index + 1) // (len(needs) + 1)
        top = places[node].y + HEIGHT
        for one in need.of:
            if one in places:
                yield _arrow(start, top, places[one], need, tip)
        if need.spare:
            label = f"{need.at_least} of {len(need.of)}"
            yield text(start + 6, top + 14, label, font_size=11)


def _middle(need: Need, places: Mapping[Node, Corner]) -> float:
    ends = [places[one].x for one in need.of if one in places]
    return sum(ends) / len(ends) if ends else 0


def _arrow(x: int, y: int, to: Corner, need: Need, tip: str) -> Element:
    end, bend = to.x + WIDTH // 2, max((to.y - y) // 2, 20)
    return path(
        f"M{x} {y}C{x} {y + bend} {end} {to.y - bend} {end} {to.y}",
        fill="none",
        stroke=CALM,
        stroke_width=1.3,
        stroke_dasharray="5 4" if need.spare else None,
        marker_end=f"url(#{tip})",
    )


def _box(
    graph: Graph, node: Node, corner: Corner, fatal: bool, effects: Mapping[Node, Effect]
) -> Element:
    effect = effects.get(node)
    below = _below(graph, node, effect)
    words = f"{node}: {below}" + (", single point of failure" if fatal else "")
    middle = corner.x + WIDTH // 2
    colour, width = (FATAL, 2.5) if fatal else (CALM, None)
    fill = FILLS[effect or node.kind]
    return group(
        rect(*corner, WIDTH, HEIGHT, rx=7, fill=fill, stroke=colour, stroke_width=width),
        text(middle, corner.y + 20, _short(node.key), anchor="middle", font_weight="600"),
        text(middle, corner.y + 36, _short(below, 26), anchor="middle", font_size=11),
        title=words,
    )


def _below(graph: Graph, node: Node, effect: Effect | None) -> str:
    if effect is not None:
        return effect
    if node.kind == "environment" and node.key in graph.owners:
        return f"environment of {graph.owners[node.key]}"
    sold = sorted(graph.sold_to.get(node.key, ())) if node.kind == "service" else []
    return f"for {', '.join(sold)}" if sold else node.kind


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _legend(height: int) -> Iterator[Element]:
    for index, (name, fill) in enumerate(FILLS.items()):
        x, y = MARGIN + index * 105, height - LEGEND + 12
        yield rect(x, y, 14, 14, rx=3, fill=fill)
        yield text(x + 20, y + 12, name, font_size=12)
    x = MARGIN + len(FILLS) * 105
    yield rect(x, y, 14, 14, rx=3, fill="none", stroke=FATAL, stroke_width=2.5)
    yield text(x + 20, y + 12, "single point of failure", font_size=12)


def around(graph: Graph, nodes: Collection[Node]) -> set[Node]:
    """These nodes, what rests upon them, and all that it rests upon in turn."""
    above = {*nodes, *map(service, graph.dependents(nodes))}
    named = {node for node in above if node.kind == "service"}
    return above.union(*(graph.beneath(node.key) for node in named)) if named else above


def everything(graph: Graph) -> set[Node]:
    """All services, and what they run on."""
    return {*map(service, graph.needs), *graph.above}
