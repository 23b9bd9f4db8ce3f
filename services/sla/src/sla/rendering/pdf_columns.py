"""The widths of a table's columns on a page. No word of a head is broken while another column has room."""

from collections.abc import Sequence
from typing import Final

from reportlab.pdfbase.pdfmetrics import stringWidth

from sla.rendering.document import Column
from sla.rendering.fonts import typeface

CELL_SIZE: Final = 7.5
CELL_PADDING: Final = 3


def column_widths(columns: Sequence[Column], whole: float) -> list[float]:
    """The widths in points, `whole` in all: by weight, but at least the longest word of the head.

    What such a column lacks is taken from the others, in proportion to the room that they have.
    """
    weights = sum(column.weight for column in columns)
    widths = [whole * column.weight / weights for column in columns]
    least = [_longest_word(column.title) for column in columns]
    missing = sum(max(need - width, 0) for need, width in zip(least, widths, strict=True))
    room = sum(max(width - need, 0) for need, width in zip(least, widths, strict=True))
    if not missing or missing > room:
        return widths
    return [
        max(need, width - max(width - need, 0) * missing / room)
        for need, width in zip(least, widths, strict=True)
    ]


def _longest_word(title: str) -> float:
    """The width that its longest word needs, with the padding of the cell."""
    words = (stringWidth(word, typeface().bold, CELL_SIZE) for word in title.split())
    return max(words, default=0.0) + 2 * CELL_PADDING + 0.5
