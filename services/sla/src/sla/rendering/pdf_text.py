"""Text on PDF pages in any script: fonts by letter, Arabic joined, right-to-left words in their order.

A PDF has no text direction: letters are put where they are to be seen. So what is written from right to
left is cut into lines first, and each line is put into its visual order.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal
from unicodedata import bidirectional
from xml.sax.saxutils import escape

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from reportlab.platypus import Flowable, Paragraph

from sla.rendering.fonts import runs, width_of

Anchor = Literal["start", "middle", "end"]
RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_RESHAPER: Final = ArabicReshaper({"delete_harakat": False, "support_ligatures": True})


def is_right_to_left(text: str) -> bool:
    """Whether some of it is written from right to left."""
    return any(bidirectional(one) in RIGHT_TO_LEFT for one in text)


def visual(line: str) -> str:
    """A line in the order in which its letters are seen, those of Arabic joined.

    Documents are in languages that are written from left to right, and so is what surrounds a name.
    """
    if not is_right_to_left(line):
        return line
    return str(get_display(_RESHAPER.reshape(line), base_dir="L"))


def markup(text: str, *, bold: bool) -> str:
    """Text, in visual order, as markup of a paragraph: each letter in a font that has it."""
    parts = []
    for number, line in enumerate(text.split("\n")):
        if number:
            parts.append("<br/>")
        parts += [
            f'<font name="{font}">{escape(one)}</font>' for font, one in runs(line, bold=bold)
        ]
    return "".join(parts)


def paragraph(text: str, style: Any, *, bold: bool = False) -> Any:
    """A flowable with this text."""
    if is_right_to_left(text):
        return _RightToLeft(text, style, bold)
    return Paragraph(markup(text, bold=bold), style)


def draw_line(
    canvas: Any, at: tuple[float, float], text: str, size: float, *,
    bold: bool = False, anchor: Anchor = "start",
) -> None:  # fmt: skip
    """Draw one line of text on a canvas; `anchor` says whether x is its start, middle or end."""
    shown = visual(text)
    x, y = at
    x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width_of(shown, size, bold=bold)
    for font, piece in runs(shown, bold=bold):
        canvas.setFont(font, size)
        canvas.drawString(x, y, piece)
        x += width_of(piece, size, bold=bold)


class _RightToLeft(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A paragraph whose lines are broken before they are put into visual order."""

    def __init__(self, text: str, style: Any, bold: bool) -> None:
        super().__init__()
        self.text, self.style, self.bold = text, style, bold
        self.laid_out: Any = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        lines = "\n".join(visual(line) for line in self._lines(width))
        self.laid_out = Paragraph(markup(lines, bold=self.bold), self.style)
        size: tuple[float, float] = self.laid_out.wrap(width, height)
        return size

    def split(self, width: float, height: float) -> list[Any]:
        self.wrap(width, height)
        return list(self.laid_out.split(width, height))

    def draw(self) -> None:
        self.laid_out.canv = self.canv
        self.laid_out.draw()

    def _lines(self, width: float) -> Iterator[str]:
        """The text in lines that are no wider, in the order in which it is read."""
        for paragraph_text in self.text.split("\n"):
            line = ""
            for word in paragraph_text.split(" "):
                longer = f"{line} {word}" if line else word
                if line and self._width(longer) > width:
                    yield line
                    line = word
                else:
                    line = longer
            yield line

    def _width(self, line: str) -> float:
        return width_of(visual(line), self.style.fontSize, bold=self.bold)
