"""The catalogue as a picture (SVG): people would rather look. Pure.

Arrows lead from a service to what it runs on. A dashed one goes to a stand-by: the label says how
many of them must work. Red borders: single points of failure. With `effects`, who is hit is filled.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from sla.catalogue.domain.graph import Graph, Need, Node, service
from sla.catalogue.domain.impact import Effect
from sla.catalogue.domain.layout import rows

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
    "impaired": "#fbe3a6",
}
FATAL, CALM = "#b3261e", "#6b7a89"


class Place(NamedTuple):
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
    parts = [
        *_legend(height),
        *(line for node in sorted(places) for line in _arrows(graph, node, places)),
        *(_box(graph, node, places[node], node in single, effects or {}) for node in places),
    ]
    return _document(width, height, parts)


def _document(width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="13" role="img" '
        f'fill="{INK}"><title>What the services run on</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{CALM}"/></marker></defs>'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _places(placed: Sequence[Sequence[Node]], width: int) -> Iterator[tuple[Node, Place]]:
    for index, row in enumerate(placed):
        left = (width - len(row) * (WIDTH + ACROSS) + ACROSS) // 2
        for column, node in enumerate(row):
            yield (
                node,
                Place(left + column * (WIDTH + ACROSS), MARGIN + index * (HEIGHT + DOWN)),
            )


def _arrows(graph: Graph, node: Node, places: Mapping[Node, Place]) -> Iterator[str]:
    needs = graph.needs.get(node.key, ()) if node.kind == "service" else ()
    # From left to right as they end, so that the arrows of one box do not cross.
    for index, need in enumerate(sorted(needs, key=lambda one: _middle(one, places))):
        start = places[node].x + WIDTH * (index + 1) // (len(needs) + 1)
        top = places[node].y + HEIGHT
        for one in need.of:
            if one in places:
                yield _arrow(start, top, places[one], need)
        if need.spare:
            label = f"{need.at_least} of {len(need.of)}"
            yield f'<text x="{start + 6}" y="{top + 14}" font-size="11">{label}</text>'


def _middle(need: Need, places: Mapping[Node, Place]) -> float:
    ends = [places[one].x for one in need.of if one in places]
    return sum(ends) / len(ends) if ends else 0


def _arrow(x: int, y: int, to: Place, need: Need) -> str:
    end, bend = to.x + WIDTH // 2, max((to.y - y) // 2, 20)
    dashes = ' stroke-dasharray="5 4"' if need.spare else ""
    return (
        f'<path d="M{x} {y}C{x} {y + bend} {end} {to.y - bend} {end} {to.y}" fill="none" '
        f'stroke="{CALM}" stroke-width="1.3"{dashes} marker-end="url(#tip)"/>'
    )


def _box(
    graph: Graph, node: Node, place: Place, fatal: bool, effects: Mapping[Node, Effect]
) -> str:
    effect = effects.get(node)
    border = f'stroke="{FATAL}" stroke-width="2.5"' if fatal else f'stroke="{CALM}"'
    below = _below(graph, node, effect)
    said = f"{node}: {below}" + (", single point of failure" if fatal else "")
    middle = place.x + WIDTH // 2
    return (
        f"<g><title>{escape(said)}</title>"
        f'<rect x="{place.x}" y="{place.y}" width="{WIDTH}" height="{HEIGHT}" rx="7" '
        f'fill="{FILLS[effect or node.kind]}" {border}/>'
        f'<text x="{middle}" y="{place.y + 20}" text-anchor="middle" font-weight="600">'
        f"{escape(_short(node.key))}</text>"
        f'<text x="{middle}" y="{place.y + 36}" text-anchor="middle" font-size="11">'
        f"{escape(_short(below, 26))}</text></g>"
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


def _legend(height: int) -> Iterator[str]:
    for index, (name, fill) in enumerate(FILLS.items()):
        x, y = MARGIN + index * 105, height - LEGEND + 12
        yield f'<rect x="{x}" y="{y}" width="14" height="14" rx="3" fill="{fill}"/>'
        yield f'<text x="{x + 20}" y="{y + 12}" font-size="12">{name}</text>'
    x = MARGIN + len(FILLS) * 105
    yield (
        f'<rect x="{x}" y="{y}" width="14" height="14" rx="3" fill="none" stroke="{FATAL}" '
        f'stroke-width="2.5"/><text x="{x + 20}" y="{y + 12}" font-size="12">'
        "single point of failure</text>"
    )


def around(graph: Graph, nodes: Collection[Node]) -> set[Node]:
    """These nodes, what rests upon them, and all that it rests upon in turn."""
    above = {*nodes, *map(service, graph.dependents(nodes))}
    named = {node for node in above if node.kind == "service"}
    return above.union(*(graph.beneath(node.key) for node in named)) if named else above


def everything(graph: Graph) -> set[Node]:
    """All services, and what they run on."""
    return {*map(service, graph.needs), *graph.above}
