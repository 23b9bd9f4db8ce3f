"""No word of a table's head is broken on a page, in any language."""

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from sla.rendering import pdf
from sla.rendering.document import Column
from sla.rendering.fonts import typeface
from sla.rendering.pdf_columns import column_widths
from sla.reviews.documents.review import ReviewContent, Status, build_document
from sla_support.review_sample import AT, meeting, report


@pytest.mark.parametrize("language", ["en", "nl", "de"])
def test_no_word_of_a_tables_head_is_broken(language: str) -> None:
    """German heads were cut into "Eingehalte n" """
    content = ReviewContent(report(), meeting(), Status(1, AT))
    for section in build_document(content, language).sections:
        for table in section.tables:
            widths = column_widths(table.columns, pdf.WIDTH)
            assert sum(widths) == pytest.approx(pdf.WIDTH)
            for column, width in zip(table.columns, widths, strict=True):
                words = (stringWidth(one, typeface().bold, 7.5) for one in column.title.split())
                assert max(words, default=0) + 6 <= width, column.title


def test_where_no_column_has_room_they_are_as_wide_as_agreed() -> None:
    columns = tuple(
        Column("Donaudampfschifffahrtsgesellschaft", weight=weight) for weight in (1, 2)
    )
    assert column_widths(columns, 90) == [30, 60]
