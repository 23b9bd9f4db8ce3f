"""Draws drawings on PDF pages as vectors and text, so that they stay sharp and selectable."""

from collections.abc import Callable
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from sla.rendering.charts.drawing import Box, Dot, Drawing, Label, Line
from sla.rendering.pdf_text import draw_line


class PdfPicture(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A drawing scaled to a width. The y axis of PDF points up, that of drawings points down."""

    def __init__(self, drawing: Drawing, width: float) -> None:
        super().__init__()
        self.drawing = drawing
        self.scale = width / drawing.width
        self.width, self.height = width, drawing.height * self.scale

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.saveState()
        canvas.scale(self.scale, self.scale)
        for shape in self.drawing.shapes:
            canvas.saveState()
            _DRAW_FUNCTIONS[type(shape)](canvas, shape, self.drawing.height)
            canvas.restoreState()
        canvas.restoreState()


def _box(canvas: Any, box: Box, height: float) -> None:
    canvas.setFillColor(HexColor(box.fill))
    canvas.setLineWidth(0.5)
    if box.stroke:
        canvas.setStrokeColor(HexColor(box.stroke))
    y = height - box.y - box.height
    canvas.rect(box.x, y, max(box.width, 0), max(box.height, 0), stroke=bool(box.stroke), fill=1)


def _line(canvas: Any, line: Line, height: float) -> None:
    canvas.setStrokeColor(HexColor(line.stroke))
    canvas.setLineWidth(line.width)
    if line.dashed:
        canvas.setDash(4, 3)
    path = canvas.beginPath()
    (x, y), *rest = line.points
    path.moveTo(x, height - y)
    for x, y in rest:
        path.lineTo(x, height - y)
    canvas.drawPath(path)


def _dot(canvas: Any, dot: Dot, height: float) -> None:
    canvas.setFillColor(HexColor(dot.fill))
    canvas.setStrokeColor(HexColor(dot.stroke))
    canvas.circle(dot.x, height - dot.y, dot.radius, fill=1)


def _label(canvas: Any, label: Label, height: float) -> None:
    canvas.setFillColor(HexColor(label.fill))
    at = (label.x, height - label.y)
    draw_line(canvas, at, label.text, label.size, bold=label.bold, anchor=label.anchor)


_DRAW_FUNCTIONS: dict[type, Callable[[Any, Any, float], None]] = {
    Box: _box,
    Line: _line,
    Dot: _dot,
    Label: _label,
}
