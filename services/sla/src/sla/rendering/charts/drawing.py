"""A chart as plain shapes, in points, with the origin at the upper left. Pure.

Two series never differ by colour alone: one is dark, the other light with an outline; one line is
solid, the other dashed; and numbers are printed beside them. So a print in grey shows the same.
"""

from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

INK, DARK, LIGHT, PALE, GRID = "#1f2933", "#1d4e79", "#a9c7e4", "#eef2f6", "#c9d1d9"
ALARM, GOOD = "#9b2226", "#2d6a4f"
MAX_NAME_CHARS = 24
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[tuple[float, float], ...]
    stroke: str = GRID
    width: float = 0.75
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    radius: float
    fill: str
    stroke: str = INK


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    y: float
    text: str
    size: float = 8
    anchor: Anchor = "start"
    bold: bool = False
    fill: str = INK


Shape = Box | Line | Dot | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart. `description` says in words what it shows, for readers who cannot see it."""

    name: str
    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def shorten(name: str) -> str:
    """A name as far as it fits beside a bar. Chinese, Japanese and Korean letters are twice as wide."""
    room = MAX_NAME_CHARS
    for number, letter in enumerate(name):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{name[: number - 1]}…"
    return name


def round_up(value: float) -> float:
    """The end of an axis: the next 1, 2 or 5 times a power of ten, at least 1."""
    step = 1.0
    while step * 10 < value:
        step *= 10
    return next(step * factor for factor in (1, 2, 5, 10) if step * factor >= value)
