"""The typeface of PDFs: Noto Sans, which is part of this package (SIL Open Font License, OFL.txt).

It has Latin with all accents, Greek and Cyrillic. Other characters are printed as an empty box, but
stay readable as text in the file; a file with such a box says so (decision 0913).
"""

from functools import cache
from importlib import resources
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


class Typeface(NamedTuple):
    regular: str
    bold: str


@cache
def typeface() -> Typeface:
    """Register the typeface, once in a process. A PDF embeds the glyphs that it uses."""
    names = Typeface("NotoSans", "NotoSans-Bold")
    for name, file in zip(names, ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"), strict=True):
        with resources.as_file(
            resources.files("sla.rendering").joinpath("typefaces", file)
        ) as path:
            pdfmetrics.registerFont(TTFont(name, path))
    pdfmetrics.registerFontFamily(
        names.regular, names.regular, names.bold, names.regular, names.bold
    )
    return names


def has_glyphs(words: str) -> bool:
    """Whether the typeface has all letters of these words; line breaks and other controls need none."""
    known = pdfmetrics.getFont(typeface().regular).face.charToGlyph
    return all(ord(one) in known for one in words if one.isprintable())
