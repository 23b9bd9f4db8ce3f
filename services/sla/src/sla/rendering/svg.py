"""SVG: every text and attribute is escaped here and nowhere else. Pure.

No script, no style and no style sheet: a picture may stand anywhere under a strict content security
policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal
from zlib import crc32

Anchor = Literal["start", "middle", "end"]
Attribute = str | float | None
"""None: the element has no such attribute. Numbers are written with two decimals at most."""
Points = Iterable[tuple[float, float]]
SYSTEM_FONT = "system-ui, sans-serif"


class Element(str):
    """SVG as it is written; any other string is text, and escaped where it is put into one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """What is words of a whole picture, in words too for whoever cannot see it.

    `key` tells it apart from other pictures on the same page. `ground` is the colour behind it;
    without one it is transparent. A picture of a fixed `size` is not scaled to its surroundings.
    """

    key: str
    title: str
    width: float
    height: float
    description: str = ""
    font: str = SYSTEM_FONT
    font_size: float | None = None
    fill: str | None = None
    ground: str | None = "#ffffff"
    fixed_size: bool = False

    def id(self, name: str) -> str:
        """An id for something in this picture, unlike those in others."""
        return f"{name}-{crc32(self.key.encode()):08x}"

    def drawn(self, parts: Iterable[str]) -> str:
        """The `<svg>` element."""
        size = (self.width, self.height)
        named = {self.id("title"): element("title", self.title, id=self.id("title"))}
        if self.description:
            described = self.id("description")
            named[described] = element("desc", self.description, id=described)
        ground = [rect(0, 0, *size, fill=self.ground)] if self.ground else []
        return element(
            "svg",
            *named.values(),
            *ground,
            *parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_number(self.width)} {_number(self.height)}",
            width=self.width if self.fixed_size else None,
            height=self.height if self.fixed_size else None,
            role="img",
            aria_labelledby=" ".join(named),
            font_family=self.font,
            font_size=self.font_size,
            fill=self.fill,
        )


def element(name: str, *content: str, **attributes: Attribute) -> Element:
    """`stroke_width=2` is written as `stroke-width="2"`."""
    words = "".join(
        f' {key.replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(one if isinstance(one, Element) else escape(one) for one in content)
    return Element(f"<{name}{words}>{inside}</{name}>" if inside else f"<{name}{words}/>")


def text(x: float, y: float, words: str, *, title: str = "", **attributes: Attribute) -> Element:
    """`anchor` is where x and y are: at the start, the middle or the end of the words."""
    anchor = attributes.pop("anchor", None)
    return element("text", *_titled(title), words, x=x, y=y, text_anchor=anchor, **attributes)


def rect(
    x: float, y: float, width: float, height: float, *, title: str = "", **attributes: Attribute
) -> Element:
    """`title` is words where a pointer rests upon it."""
    size = {"width": max(width, 0), "height": max(height, 0)}
    return element("rect", *_titled(title), x=x, y=y, **size, **attributes)


def circle(
    x: float, y: float, radius: float, *, title: str = "", **attributes: Attribute
) -> Element:
    return element("circle", *_titled(title), cx=x, cy=y, r=radius, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, **more: Attribute) -> Element:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **more)


def polyline(points: Points, stroke: str, **attributes: Attribute) -> Element:
    """A line through the points; nothing is filled."""
    return element("polyline", points=listed(points), fill="none", stroke=stroke, **attributes)


def path(commands: str, *, title: str = "", **attributes: Attribute) -> Element:
    """`commands` as SVG has them: `M0 0L8 4`."""
    return element("path", *_titled(title), d=commands, **attributes)


def group(*content: str, title: str = "", **attributes: Attribute) -> Element:
    return element("g", *_titled(title), *content, **attributes)


def listed(points: Points) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _titled(title: str) -> list[Element]:
    return [element("title", title)] if title else []


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0: no minus zero
