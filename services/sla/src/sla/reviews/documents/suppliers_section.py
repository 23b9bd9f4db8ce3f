"""What partners and own teams promised us, as a section for staff (R13). Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.document import Column, Section, Table, Value
from sla.reports.domain.monthly_figures import SupplierPart
from sla.reviews.documents.review_words import Formats


def suppliers_section(suppliers: Sequence[SupplierPart], formats: Formats) -> Iterator[Section]:
    """Their agreements with us; no section where none came to an end."""
    if not suppliers:
        return
    words = formats.words
    columns = (
        Column(words("agreement"), weight=1.6),
        Column(words("with_a"), weight=0.8),
        Column(words("met"), "count"),
        Column(words("broken"), "count"),
        Column(words("raw"), "share"),
        Column(words("before"), "share"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            one.agreement,
            words(f"contract_{one.contract}"),
            one.compliance.met,
            one.compliance.breached,
            one.compliance.raw,
            one.previous.raw,
        )
        for one in suppliers
    ]
    yield Section(words("suppliers"), tables=(Table(columns, rows),))
