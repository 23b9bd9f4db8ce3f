"""Names in any script are printed: Chinese, Japanese, Korean, Arabic and Hebrew (decision 0941)."""

import io
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.lib.styles import ParagraphStyle

from sla.rendering import pdf
from sla.rendering.charts.drawing import shorten
from sla.rendering.document import Document
from sla.rendering.fonts import has_glyphs, runs, width_of
from sla.rendering.pdf_text import paragraph, visual
from sla.reviews.documents.review import ReviewContent, Status, build_document
from sla.reviews.documents.review_words import Names
from sla_support.review_sample import AT, breach, meeting, report

COMPANIES = {
    "Japanese": "株式会社アクメ物流",
    "simplified Chinese": "上海光明科技有限公司",
    "traditional Chinese": "臺灣運輸股份有限公司",
    "Korean": "한국물류 주식회사",
    "Arabic": "شركة النور للتجارة",
    "Persian": "شرکت پخش گلستان",
    "Hebrew": 'חברת האור בע"מ',
}
MAX_BYTES = 150_000
"""Many times what a paper without such letters takes would be a whole font."""


def document(company: str) -> Document:
    broken = breach(title=company, comment=company, waiver=None)
    names = Names({"dana": company}, {"billing": company})
    figures = report(name=company, breaches=(broken,))
    return build_document(ReviewContent(figures, meeting(), Status(1, AT), names=names), "en")


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES)
def test_a_name_in_any_script_has_all_its_letters(company: str) -> None:
    content = pdf.render_pdf(document(company))
    assert has_glyphs(company)
    assert "An empty box" not in text_of(content)
    assert content == pdf.render_pdf(document(company))
    assert len(content) < MAX_BYTES


@pytest.mark.parametrize("script", ["Japanese", "simplified Chinese", "Korean"])
def test_what_is_printed_can_be_selected_as_it_was_written(script: str) -> None:
    company = COMPANIES[script]
    assert company in text_of(pdf.render_pdf(document(company))).replace("\n", " ")


def test_each_letter_is_printed_in_a_font_that_has_it_and_is_embedded() -> None:
    fonts = [font for font, _ in runs("Łódź 東京 النور האור", bold=False)]
    assert fonts[0] == "NotoSans"
    assert {"NotoSansArabic", "NotoSansHebrew"} <= set(fonts)
    reader = PdfReader(io.BytesIO(pdf.render_pdf(document("Łódź 東京 النور האור"))))
    resources: Any = reader.pages[0]["/Resources"]
    used = [font.get_object() for font in resources["/Font"].values()]
    embedded = [str(one["/BaseFont"]) for one in used if "/FontDescriptor" in one]
    assert any("CJK" in name for name in embedded)
    assert any("Arabic" in name for name in embedded)


def test_arabic_letters_are_joined_and_words_stand_from_right_to_left() -> None:
    """Decision 0913: words of a line in the wrong order name another company"""
    first, second = "شركة", "النور"
    shown = visual(f"{first} {second}")
    assert shown == f"{visual(second)} {visual(first)}"
    assert visual(first) != first[::-1]  # joined, not only turned round
    assert visual("שלום") == "שלום"[::-1]


def test_figures_and_latin_words_keep_their_order_beside_right_to_left_ones() -> None:
    shown = visual("שלום OPS-1042, 12 %")
    assert shown.startswith("שלום"[::-1])
    assert shown.endswith("OPS-1042, 12 %")


def test_a_long_arabic_text_is_broken_into_lines_from_its_first_word_on() -> None:
    """Broken after it is put into visual order, its last words would stand in the first line"""
    words = ["شركة", "النور", "للتجارة", "والنقل", "المحدودة"]
    style = ParagraphStyle("", fontName="NotoSans", fontSize=10, leading=13)
    shown = paragraph(" ".join(words), style)
    _, height = shown.wrap(width_of(visual("شركة النور للتجارة"), 10) + 1, 100)
    assert height == 2 * 13
    first, second = ("".join(one.text for one in line.words) for line in _lines_of(shown))
    assert first == visual(" ".join(words[:3]))
    assert second == visual(" ".join(words[3:]))


def _lines_of(shown: Any) -> list[Any]:
    """The lines as they are laid out."""
    return list(shown.laid_out.blPara.lines)


def test_wide_letters_leave_room_beside_a_bar() -> None:
    assert shorten("Brightwater Clinic") == "Brightwater Clinic"
    short = shorten("上海光明科技有限公司和其他公司")
    assert short.endswith("…")
    assert width_of(short, 8) <= 112
