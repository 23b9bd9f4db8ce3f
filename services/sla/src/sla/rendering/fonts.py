"""The typefaces of PDFs, and which letter is printed in which (decision 0941).

Noto Sans for Latin, Greek and Cyrillic, Noto Sans Arabic and Hebrew are part of this package (SIL Open
Font License, OFL.txt); Chinese, Japanese and Korean come from a package (`cjk_glyphs`). What none has is
printed as an empty box, but stays readable as text in the file; a file with such a box says so.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
from typing import Final, NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont


class Typeface(NamedTuple):
    regular: str
    bold: str


LATIN: Final = Typeface("NotoSans", "NotoSans-Bold")
ARABIC: Final = Typeface("NotoSansArabic", "NotoSansArabic-Bold")
HEBREW: Final = Typeface("NotoSansHebrew", "NotoSansHebrew-Bold")
OWN: Final = (LATIN, ARABIC, HEBREW)
"""The typefaces of this package; the first one that has a letter prints it."""
FIRST_CJK: Final = 0x1100
"""The first letter of Chinese, Japanese and Korean: below it nothing is looked for."""


@cache
def typeface() -> Typeface:
    """Register the typefaces, once in a process, and return the main one. A PDF embeds the glyphs that
    it uses."""
    for names in OWN:
        for name in names:
            file = f"{name}.ttf" if "-" in name else f"{name}-Regular.ttf"
            source = resources.files("sla.rendering").joinpath("typefaces", file)
            with resources.as_file(source) as path:
                pdfmetrics.registerFont(TTFont(name, path))
        regular, bold = names
        pdfmetrics.registerFontFamily(regular, regular, bold, regular, bold)
    return LATIN


def has_glyphs(words: str) -> bool:
    """Whether some typeface has each letter of these words; line breaks and other controls need none."""
    return all(_face_of(one) is not None for one in words if one.isprintable())


def runs(words: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
    """The words in pieces of one font each, as (font, piece)."""
    for font, letters in groupby(words, key=lambda one: _font_of(one, bold)):
        yield font, "".join(letters)


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """The width of the words in points."""
    pieces = runs(words, bold=bold)
    return float(sum(pdfmetrics.stringWidth(piece, font, size) for font, piece in pieces))


def _font_of(letter: str, bold: bool) -> str:
    face = _face_of(letter) or LATIN
    return face.bold if bold else face.regular


@lru_cache(maxsize=8192)
def _face_of(letter: str) -> Typeface | None:
    """The typeface that has a letter; None where none has it."""
    typeface()
    for names in OWN:
        if ord(letter) in pdfmetrics.getFont(names.regular).face.charToGlyph:
            return names
    font = _cjk_font_of(letter) if ord(letter) >= FIRST_CJK else None
    return None if font is None else Typeface(font, font)


def _cjk_font_of(letter: str) -> str | None:
    # Imported for the first such letter: most installations never print one.
    from sla.rendering import cjk_glyphs

    return cjk_glyphs.font_of(letter)
