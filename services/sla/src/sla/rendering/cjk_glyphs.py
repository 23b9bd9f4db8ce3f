"""Chinese, Japanese and Korean letters for PDFs, from Noto Sans CJK (decision 0941).

reportlab takes no PostScript outlines, so those that are needed are turned into TrueType ones, a page of
64 letters at a time, and kept for the life of the process. One regular weight, in Japanese forms.
"""

import io
import threading
from functools import cache
from importlib import resources
from typing import Any, Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as FontFile
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PAGE_SIZE: Final = 64
TOLERANCE: Final = 1.0
"""How far an outline may be from the original, in thousandths of the letter's size."""
NOT_DEFINED: Final = ".notdef"
_LOCK = threading.Lock()


def font_of(letter: str) -> str | None:
    """The registered font that has this letter; None where there is no such letter."""
    code = ord(letter)
    return _page(code // PAGE_SIZE) if code in _source()["letters"] else None


@cache
def _source() -> dict[str, Any]:
    """The font file: its letters (glyph by code), glyphs and widths."""
    file = resources.files("noto_cjk_sans_jp_regular").joinpath("NotoSansCJKjp-Regular.otf")
    with resources.as_file(file) as path:
        font = FontFile(path, lazy=True)
        return {
            "letters": font.getBestCmap(),
            "glyphs": font.getGlyphSet(),
            "widths": font["hmtx"].metrics,
            "size": font["head"].unitsPerEm,
            "ascent": font["hhea"].ascent,
            "descent": font["hhea"].descent,
        }


def _page(number: int) -> str:
    """Register the font with the letters of a page, once in a process; return its name."""
    name = f"NotoSansCJK-{number:04x}"
    with _LOCK:
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, io.BytesIO(_truetype(number, name))))
    return name


def _truetype(number: int, name: str) -> bytes:
    """A TrueType file with the letters of a page. The same page gives the same bytes."""
    source = _source()
    codes = range(number * PAGE_SIZE, (number + 1) * PAGE_SIZE)
    letters = {code: source["letters"][code] for code in codes if code in source["letters"]}
    names = [NOT_DEFINED, *dict.fromkeys(letters.values())]
    builder = FontBuilder(source["size"], isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(letters)
    builder.setupGlyf({one: _outline(source["glyphs"][one]) for one in names})
    builder.setupHorizontalMetrics({one: source["widths"][one] for one in names})
    builder.setupHorizontalHeader(ascent=source["ascent"], descent=source["descent"])
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=source["ascent"], sTypoDescender=source["descent"])
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _outline(glyph: Any) -> Any:
    pen = TTGlyphPen(None)
    glyph.draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph()
