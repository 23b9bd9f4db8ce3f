"""Drawings as SVG: titled and described, with attributes instead of styles, so that no policy minds.

Pure.
"""

from collections.abc import Callable
from html import escape
from typing import Any

from sla.rendering.charts.drawing import Box, Dot, Drawing, Label, Line

FONT = "Noto Sans, DejaVu Sans, Liberation Sans, Arial, sans-serif"


def svg(drawing: Drawing) -> str:
    """One `<svg>` element. Every text is escaped here and nowhere else."""
    ids = f"{drawing.name}-title {drawing.name}-told"
    shapes = "".join(_DRAWN[type(shape)](shape) for shape in drawing.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{escape(ids)}"'
        f' viewBox="0 0 {drawing.width:g} {drawing.height:g}" font-family="{FONT}">'
        f'<title id="{escape(drawing.name)}-title">{escape(drawing.title)}</title>'
        f'<desc id="{escape(drawing.name)}-told">{escape(drawing.told)}</desc>{shapes}</svg>'
    )


def _box(box: Box) -> str:
    edge = f' stroke="{box.stroke}" stroke-width="0.75"' if box.stroke else ""
    return (
        f'<rect x="{box.x:.2f}" y="{box.y:.2f}" width="{max(box.width, 0):.2f}"'
        f' height="{max(box.height, 0):.2f}" fill="{box.fill}"{edge}/>'
    )


def _line(line: Line) -> str:
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in line.points)
    dashes = ' stroke-dasharray="4 3"' if line.dashed else ""
    return (
        f'<polyline points="{points}" fill="none" stroke="{line.stroke}"'
        f' stroke-width="{line.width:g}"{dashes}/>'
    )


def _dot(dot: Dot) -> str:
    return (
        f'<circle cx="{dot.x:.2f}" cy="{dot.y:.2f}" r="{dot.radius:g}" fill="{dot.fill}"'
        f' stroke="{dot.stroke}" stroke-width="0.75"/>'
    )


def _label(label: Label) -> str:
    weight = ' font-weight="700"' if label.bold else ""
    return (
        f'<text x="{label.x:.2f}" y="{label.y:.2f}" font-size="{label.size:g}"'
        f' text-anchor="{label.anchor}" fill="{label.fill}"{weight}>{escape(label.text)}</text>'
    )


_DRAWN: dict[type, Callable[[Any], str]] = {Box: _box, Line: _line, Dot: _dot, Label: _label}
