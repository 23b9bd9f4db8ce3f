"""The typeface of PDFs: Noto Sans, part of this package, so that names are printed as they are written.

It holds Latin with all its accents, Greek and Cyrillic (SIL Open Font License, see OFL.txt). What
it does not hold is printed as an empty box, and stays readable as text in the file.
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
    """Registered once in a process; a PDF embeds the letters that it uses."""
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
