"""Renders a document as PDF: A4, selectable text, vector drawings, an outline, page numbers."""

import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from common.domain.formula_escape import without_controls
from sla.rendering.cells import NUMBERS, format_value
from sla.rendering.charts.drawing import ALARM, DARK, GRID, INK, PALE
from sla.rendering.document import Document, Section, Table, Tile
from sla.rendering.fonts import has_glyphs, typeface, width_of
from sla.rendering.notation import Formats
from sla.rendering.pdf_columns import CELL_PADDING, CELL_SIZE, column_widths
from sla.rendering.pdf_drawing import PdfPicture
from sla.rendering.pdf_text import draw_line, markup, paragraph, visual

LEFT = RIGHT = 15 * mm
TOP, BOTTOM = 15 * mm, 18 * mm
WIDTH = A4[0] - LEFT - RIGHT
GREY = "#52606d"
TILES_IN_A_ROW = 3
FOOTER_SIZE = 7.5
MAX_CELL_CHARS = 3_000
"""The most characters of a cell. Longer text is cut in PDFs only."""


def render_pdf(document: Document) -> bytes:
    """The PDF file. The same document gives the same bytes."""
    file = io.BytesIO()
    pages = BaseDocTemplate(
        file,
        pagesize=A4,
        leftMargin=LEFT,
        rightMargin=RIGHT,
        topMargin=TOP,
        bottomMargin=BOTTOM,
        title=_printable(f"{document.title} - {document.subtitle}"),
        author="OpsDesk",
        subject=_printable(document.edition),
        lang=document.language,
        invariant=1,
    )
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    footer = partial(_footer, document)
    pages.addPageTemplates(PageTemplate(frames=[frame], onPage=footer))
    pages.build(list(_story(document)))
    return file.getvalue()


def _footer(document: Document, canvas: Any, pages: Any) -> None:
    canvas.saveState()
    canvas.setStrokeColor(HexColor(GRID))
    canvas.line(LEFT, BOTTOM - 4 * mm, A4[0] - RIGHT, BOTTOM - 4 * mm)
    canvas.setFillColor(HexColor(GREY))
    line = BOTTOM - 8 * mm
    draw_line(canvas, (LEFT, line), _footer_text(document), FOOTER_SIZE)
    draw_line(canvas, (A4[0] - RIGHT, line), str(pages.page), FOOTER_SIZE, anchor="end")
    canvas.restoreState()


def _printable(words: str) -> str:
    """The words without what no file of text can hold: control characters, halves of surrogates."""
    return without_controls(words).encode("utf-8", "replace").decode()


def _footer_text(document: Document) -> str:
    """What the document is, without its subtitle where that leaves no room for the number of the page."""
    whole = _printable(f"{document.title} · {document.subtitle} · {document.edition}")
    short = _printable(f"{document.title} · {document.edition}")
    return whole if _fits(whole) else _cut_to_width(short)


def _cut_to_width(words: str) -> str:
    shown = words[:200]
    while not _fits(shown):
        shown = shown[:-2] + "…"
    return shown


def _fits(words: str) -> bool:
    return len(words) <= 200 and width_of(visual(words), FOOTER_SIZE) <= WIDTH - 12 * mm


def _story(document: Document) -> Iterator[Flowable]:
    yield _paragraph(document.subtitle, 10.5, DARK, bold=True)
    yield _paragraph(document.title, 21, INK, bold=True)
    yield _paragraph(f"{document.edition} · {document.zone_note}", 8.5, GREY)
    yield Spacer(0, 4 * mm)
    if document.tiles:
        yield _tiles(document.tiles)
    formats = document.formats
    for number, section in enumerate(document.sections):
        yield from _section(section, f"section-{number}", formats)
    if not has_glyphs(str(document)):
        yield _paragraph(document.missing_letters_note, 8, GREY, spaceBefore=10)


class _Heading(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """The title of a section, which is also an entry of the outline."""

    def __init__(self, text: str, bookmark: str) -> None:
        style = _style(13, DARK, bold=True, keepWithNext=1, spaceBefore=14)
        super().__init__(markup(text, bold=True), style)
        self.text, self.bookmark = text, bookmark

    def draw(self) -> None:
        self.canv.bookmarkPage(self.bookmark)
        self.canv.addOutlineEntry(self.text, self.bookmark)
        super().draw()


def _section(section: Section, bookmark: str, formats: Formats) -> Iterator[Flowable]:
    yield CondPageBreak(30 * mm)
    yield _Heading(section.title, bookmark)
    yield Spacer(0, 2 * mm)
    for text in section.text:
        yield _paragraph(text, 8.5, GREY)
    for text in section.paragraphs:
        yield _paragraph(text, 9, INK)
        yield Spacer(0, 1.5 * mm)
    for drawing in section.drawings:
        caption = _paragraph(drawing.title, 9, INK, bold=True)
        yield KeepTogether([caption, PdfPicture(drawing, WIDTH), Spacer(0, 3 * mm)])
    for table in section.tables:
        yield from _table(table, formats)


def _table(table: Table, formats: Formats) -> Iterator[Flowable]:
    if table.caption:
        yield _paragraph(
            table.caption, 9.5, INK, bold=True, keepWithNext=1, spaceBefore=6, spaceAfter=3
        )
    if table.rows:
        yield _grid(table, formats)
    else:
        text = table.empty_text or formats.words("none")
        yield _paragraph(f"{table.columns[0].title}: {text}", 8.5, INK)
    if table.footnote:
        yield _paragraph(table.footnote, 8, GREY, spaceBefore=3)
    yield Spacer(0, 3 * mm)


def _grid(table: Table, formats: Formats) -> Flowable:
    widths = column_widths(table.columns, WIDTH)
    aligned = [2 if column.kind in NUMBERS else 0 for column in table.columns]
    head = [
        _paragraph(column.title, CELL_SIZE, INK, bold=True, alignment=side)
        for column, side in zip(table.columns, aligned, strict=True)
    ]
    rows = [
        [
            _paragraph(
                format_value(value, column.kind, formats),
                CELL_SIZE,
                INK,
                bold=at == 0 and not table.has_head,
                alignment=side,
            )
            for at, (value, column, side) in enumerate(
                zip(row, table.columns, aligned, strict=True)
            )
        ]
        for row in table.rows
    ]
    last = (-1, 0) if table.has_head else (0, -1)
    style = TableStyle(
        [
            ("BACKGROUND", (0, 0), last, HexColor(PALE)),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(GRID)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ]
    )
    heads = [head] if table.has_head else []
    return Grid([*heads, *rows], colWidths=widths, repeatRows=len(heads), style=style, splitInRow=1)


def _tiles(tiles: tuple[Tile, ...]) -> Flowable:
    cells: list[Any] = [_tile(tile) for tile in tiles]
    cells += [""] * (-len(cells) % TILES_IN_A_ROW)
    rows = [cells[at : at + TILES_IN_A_ROW] for at in range(0, len(cells), TILES_IN_A_ROW)]
    style: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
    ]
    for number, tile in enumerate(tiles):
        row, column = divmod(number, TILES_IN_A_ROW)
        edge = HexColor(ALARM if tile.is_alarming else DARK)
        style.append(("LINEBEFORE", (column, row), (column, row), 3, edge))
    return Grid(rows, colWidths=[WIDTH / TILES_IN_A_ROW] * TILES_IN_A_ROW, style=TableStyle(style))


def _tile(tile: Tile) -> list[Flowable]:
    return [
        _paragraph(tile.title, 8, GREY),
        _paragraph(tile.value, 16, ALARM if tile.is_alarming else INK, bold=True),
        *([_paragraph(tile.comparison, 7.5, GREY)] if tile.comparison else []),
    ]


def _paragraph(text: str, size: float, colour: str, *, bold: bool = False, **more: int) -> Any:
    cut = text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…"
    return paragraph(_printable(cut), _style(size, colour, bold=bold, **more), bold=bold)


def _style(size: float, colour: str, *, bold: bool = False, **more: Any) -> Any:
    faces = typeface()
    return ParagraphStyle(
        f"{size}{colour}{bold}",
        fontName=faces.bold if bold else faces.regular,
        fontSize=size,
        leading=size * 1.3,
        textColor=HexColor(colour),
        splitLongWords=1,
        **more,
    )
