"""One paper in four forms: all of it there, nothing in it run, whatever people wrote."""

import csv as csv_module
import io
import re
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from common.domain.formula_escape import escape_formula
from sla.clocks.domain.compliance import Compliance
from sla.rendering import csv, html, pdf, xlsx
from sla.rendering.document import Document
from sla.rendering.svg_drawing import render_svg
from sla.reports.domain.monthly_figures import Usage
from sla.reviews.documents import executive_report as leadership_document
from sla.reviews.documents import review as review_document
from sla.reviews.documents.review import ReviewContent, Status
from sla.reviews.domain.meeting import Meeting, Minute
from sla.reviews.domain.report import CustomerLine, LeadershipReport, Report
from sla_support.review_sample import AT, breach, meeting, report

FORMULAS = (
    '=HYPERLINK("http://evil.example","click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\uff1d1+1",
)
FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def review(of: Report, about: Meeting | None = None, language: str = "en") -> Document:
    content = ReviewContent(of, about or meeting(), Status(1, AT))
    return review_document.build_document(content, language)


def build_document(**overrides: object) -> Document:
    return review(report(**overrides))


def hostile_document() -> Document:
    breaches = tuple(
        breach(title=text, comment=text, ticket=f"OPS-{n}") for n, text in enumerate(FORMULAS)
    )
    return build_document(name=FORMULAS[0], breaches=breaches, breaches_total=len(breaches))


def cells(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def rows(content: bytes) -> list[list[str]]:
    return list(csv_module.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def extract_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    found = cells(xlsx.render_xlsx(hostile_document()))
    assert [cell for cell in found if cell.data_type == "f"] == []
    texts = [cell.value for cell in found if isinstance(cell.value, str)]
    assert [text for text in texts if FORMULA.match(text)] == []
    assert "'" + FORMULAS[0] in texts


def test_no_field_of_a_csv_file_is_a_formula() -> None:
    found = [field for row in rows(csv.render_csv(hostile_document())) for field in row]
    assert [field for field in found if FORMULA.match(field)] == []
    assert "'" + FORMULAS[0] in found


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_text_is_made_harmless_and_nothing_is_lost(text: str) -> None:
    assert not FORMULA.match(escape_formula(text))
    assert escape_formula(text).removeprefix("'") in (text, text.removeprefix("'"))


def test_the_writer_of_csv_files_lets_no_formula_through_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever forgets to escape a field is caught where it is written."""
    monkeypatch.setattr("sla.rendering.csv.escape_formula", lambda text: text)
    found = [field for row in rows(csv.render_csv(hostile_document())) for field in row]
    assert [field for field in found if field.startswith(("=", "+", "-", "@"))] == []
    assert "'" + FORMULAS[0] in found


def test_a_workbook_reckons_with_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx.render_xlsx(build_document())))
    (row,) = [
        row for row in book["Usage and trend"].iter_rows(values_only=True) if row[0] == "June 2026"
    ]
    assert row[1:4] == (42, 40, 5)
    assert row[4] == pytest.approx(38 / 42)
    (broken,) = list(book["Breaches and their reasons"].iter_rows(min_row=2, values_only=True))
    assert str(broken[4]) == "2026-06-01 07:00:00"  # on the customer's wall
    assert broken[5].total_seconds() == pytest.approx(4050)


def test_a_csv_file_says_seconds_shares_and_utc() -> None:
    found = rows(csv.render_csv(build_document()))
    (broken,) = [row for row in found if row[:1] == ["OPS-1042"]]
    assert broken[4:6] == ["2026-06-01T05:00:00Z", "4050"]
    assert [
        "Month",
        "Opened",
        "Resolved",
        "Open at its end",
        "Kept, raw",
        "Kept, adjusted",
    ] in found


def test_a_page_runs_nothing_and_fetches_nothing() -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    page = html.render_html(
        build_document(name=hostile, breaches=(breach(title=hostile),))
    ).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'\son\w+="', page)
    assert not re.search(r'(?:href|src)="', page)
    assert ' style="' not in page
    assert html.CSP.startswith("default-src 'none'; style-src 'sha256-")
    assert html.CSP.replace("'", "&#39;") in page


def test_every_picture_says_in_words_what_it_shows() -> None:
    drawings = [one for section in build_document().sections for one in section.drawings]
    assert {one.name for one in drawings} == {
        "volume",
        "trend",
        "compliance",
        "response-times",
        "availability",
    }
    for drawing in drawings:
        tree = ElementTree.fromstring(render_svg(drawing))
        parts = {child.tag.rpartition("}")[2]: child for child in tree}
        assert tree.get("role") == "img"
        assert parts["title"].text == drawing.title
        assert parts["desc"].text == drawing.description != ""
        assert tree.get("aria-labelledby", "").split() == [
            parts["title"].get("id"),
            parts["desc"].get("id"),
        ]


def test_a_pdf_has_its_text_its_letters_and_its_outline() -> None:
    content = pdf.render_pdf(build_document())
    reader = PdfReader(io.BytesIO(content))
    assert "Łódź Żeglarz" in extract_text(content)
    assert "OPS-1042" in extract_text(content)
    outline: list[Any] = reader.outline
    assert [str(entry.title) for entry in outline][:3] == [
        "Assessment",
        "Between whom, and what was agreed",
        "Agenda",
    ]
    resources: Any = reader.pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    embedded = {str(one["/BaseFont"]) for one in fonts if "/FontDescriptor" in one}
    assert {name.partition("+")[2] for name in embedded} == {"NotoSans-Regular", "NotoSans-Bold"}


def test_the_same_paper_is_the_same_pdf() -> None:
    assert pdf.render_pdf(build_document()) == pdf.render_pdf(build_document())


@pytest.mark.thorough
def test_huge_texts_make_long_papers_and_no_errors() -> None:
    entries = [Minute(1, "x" * 10_000, "dana", AT), Minute(2, "word \n" * 1_600, "dana", AT)]
    long_document = review(
        report(breaches=(breach(comment="w" * 2_000, title="t" * 300),) * 200, breaches_total=999),
        meeting(minutes=tuple(entries)),
    )
    assert "799 more" in extract_text(pdf.render_pdf(long_document))
    for render in (html.render_html, xlsx.render_xlsx, csv.render_csv):
        assert render(long_document)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=60))
def test_whatever_people_are_called_every_form_can_be_made(name: str) -> None:
    document = build_document(name=name, breaches=(breach(title=name, comment=name),))
    for render in (html.render_html, pdf.render_pdf, xlsx.render_xlsx, csv.render_csv):
        assert render(document)
    ElementTree.fromstring(render_svg(document.sections[3].drawings[0]))


def test_a_month_without_anything_is_a_paper_too() -> None:
    no_usage = Usage("2026-06", 0, 0, 0, Compliance())
    lists = dict.fromkeys(
        [
            "metrics",
            "priorities",
            "services",
            "response_times",
            "breaches",
            "waivers",
            "outages",
            "uptimes",
            "upcoming",
            "delivered",
            "reserved",
            "days",
        ],
        (),
    )
    empty = report(
        usage=no_usage, previous_month=no_usage, trend=(no_usage,) * 6, breaches_total=0, **lists
    )
    document = review(empty, meeting(agenda=(), minutes=(), actions=()))
    assert "Every promise was met." in html.render_html(document).decode()
    for render in (pdf.render_pdf, xlsx.render_xlsx, csv.render_csv):
        assert render(document)


def test_the_leadership_report_comes_in_the_same_forms() -> None:
    usage = report().usage
    line = CustomerLine("lodz", "Łódź Żeglarz", usage, usage, None, 3, 1)
    document = leadership_document.build_document(
        LeadershipReport("2026-06", AT, (line,), (usage,) * 6), "en"
    )
    assert "Łódź Żeglarz" in extract_text(pdf.render_pdf(document))
    assert [row for row in rows(csv.render_csv(document)) if row[:2] == ["Łódź Żeglarz", "42"]]
    assert "Łódź Żeglarz" in {cell.value for cell in cells(xlsx.render_xlsx(document))}
    assert b"not drawn up" in html.render_html(document)


@pytest.mark.parametrize(("name", "has_boxes"), [("Rocket 🚀", True), ("Łódź Żeglarz", False)])
def test_a_pdf_says_where_it_cannot_print_a_letter(name: str, has_boxes: bool) -> None:
    text = extract_text(pdf.render_pdf(build_document(name=name)))
    assert ("An empty box stands for a letter" in text) == has_boxes
