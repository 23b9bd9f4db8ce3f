"""Writes SVG. All text and attributes are escaped here and nowhere else. Pure.

There are no scripts and no styles, so that a picture is allowed under any content security policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal
from zlib import crc32

from common.domain.visible_text import make_visible
from sla.rendering.theme import INK, ThemeName, in_dark

Anchor = Literal["start", "middle", "end"]
Attribute = str | float | None
"""The value of an attribute. None omits it; numbers are written with at most two decimals."""
Points = Iterable[tuple[float, float]]
SYSTEM_FONT = "system-ui, sans-serif"


class Element(str):
    """SVG source. Any other string is text, and is escaped when it is put into an element."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SvgPicture:
    """The frame of a picture: its size, and its title and description for readers who cannot see it.

    `key` must be unique among the pictures on a page. `ground` is the background colour, None for
    transparent. A picture of `fixed_size` is not scaled to its surroundings. One of the dark `theme` has ids of
    its own, and is drawn in light colours, which are replaced at the end.
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
    theme: ThemeName = "light"

    def id(self, name: str) -> str:
        """An id for an element of this picture, unique on the page."""
        key = self.key if self.theme == "light" else f"{self.key} {self.theme}"
        return f"{name}-{crc32(key.encode()):08x}"

    def render(self, parts: Iterable[str]) -> str:
        """The `<svg>` element with these parts."""
        drawn = self._render(parts)
        return drawn if self.theme == "light" else in_dark(drawn)

    def _render(self, parts: Iterable[str]) -> str:
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
            fill=self.fill or (INK if self.theme == "dark" else None),
        )


def element(name: str, *content: str, **attributes: Attribute) -> Element:
    """An element. The attribute `stroke_width=2` is written as `stroke-width="2"`."""
    words = "".join(
        f' {key.replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(one if isinstance(one, Element) else _escape(one) for one in content)
    return Element(f"<{name}{words}>{inside}</{name}>" if inside else f"<{name}{words}/>")


def text(x: float, y: float, words: str, *, title: str = "", **attributes: Attribute) -> Element:
    """A line of text. `anchor` says whether x is its start, its middle or its end."""
    anchor = attributes.pop("anchor", None)
    return element(
        "text", *_title_elements(title), words, x=x, y=y, text_anchor=anchor, **attributes
    )


def rect(
    x: float, y: float, width: float, height: float, *, title: str = "", **attributes: Attribute
) -> Element:
    """A rectangle. `title` is its tooltip."""
    size = {"width": max(width, 0), "height": max(height, 0)}
    return element("rect", *_title_elements(title), x=x, y=y, **size, **attributes)


def circle(
    x: float, y: float, radius: float, *, title: str = "", **attributes: Attribute
) -> Element:
    return element("circle", *_title_elements(title), cx=x, cy=y, r=radius, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, stroke: str, **more: Attribute) -> Element:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, **more)


def polyline(points: Points, stroke: str, **attributes: Attribute) -> Element:
    """A line through the points, without a fill."""
    return element(
        "polyline", points=format_points(points), fill="none", stroke=stroke, **attributes
    )


def path(commands: str, *, title: str = "", **attributes: Attribute) -> Element:
    """A path. `commands` are those of SVG: `M0 0L8 4`."""
    return element("path", *_title_elements(title), d=commands, **attributes)


def group(*content: str, title: str = "", **attributes: Attribute) -> Element:
    return element("g", *_title_elements(title), *content, **attributes)


def format_points(points: Points) -> str:
    """The points as the text of an attribute."""
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _title_elements(title: str) -> list[Element]:
    return [element("title", title)] if title else []


def _value(value: str | float) -> str:
    return _escape(value) if isinstance(value, str) else _number(value)


def _escape(words: str) -> str:
    return escape(make_visible(words))


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0: no minus zero
