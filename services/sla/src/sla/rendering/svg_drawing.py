"""Renders drawings as SVG, with a title and a description. Pure."""

from collections.abc import Callable
from typing import Any

from sla.rendering.charts.drawing import Box, Dot, Drawing, Label, Line
from sla.rendering.svg import Element, SvgPicture, circle, polyline, rect, text

FONT = "Noto Sans, DejaVu Sans, Liberation Sans, Arial, sans-serif"
EDGE = 0.75


def render_svg(drawing: Drawing) -> str:
    """The drawing as an `<svg>` element."""
    picture = SvgPicture(
        drawing.name,
        drawing.title,
        drawing.width,
        drawing.height,
        description=drawing.description,
        font=FONT,
        ground=None,
    )
    return picture.render(_ELEMENT_FUNCTIONS[type(shape)](shape) for shape in drawing.shapes)


def _box(box: Box) -> Element:
    edge = EDGE if box.stroke else None
    size = (box.width, box.height)
    return rect(box.x, box.y, *size, fill=box.fill, stroke=box.stroke, stroke_width=edge)


def _line(line: Line) -> Element:
    dashes = "4 3" if line.dashed else None
    return polyline(line.points, line.stroke, stroke_width=line.width, stroke_dasharray=dashes)


def _dot(dot: Dot) -> Element:
    return circle(dot.x, dot.y, dot.radius, fill=dot.fill, stroke=dot.stroke, stroke_width=EDGE)


def _label(label: Label) -> Element:
    return text(
        label.x,
        label.y,
        label.text,
        font_size=label.size,
        anchor=label.anchor,
        fill=label.fill,
        font_weight="700" if label.bold else None,
    )


_ELEMENT_FUNCTIONS: dict[type, Callable[[Any], Element]] = {
    Box: _box,
    Line: _line,
    Dot: _dot,
    Label: _label,
}
