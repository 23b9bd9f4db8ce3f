"""What partners and own teams promised us, as a section for staff (R13). Pure."""

from collections.abc import Iterator, Sequence

from sla.rendering.document import Column, Section, Table, Value
from sla.reports.domain.monthly_figures import SupplierPart

CONTRACT_NAMES = {"uc": "partner", "ola": "own team"}


def suppliers_section(suppliers: Sequence[SupplierPart]) -> Iterator[Section]:
    """Their agreements with us; no section where none came to an end."""
    if not suppliers:
        return
    columns = (
        Column("Agreement", weight=1.6),
        Column("With a", weight=0.8),
        Column("Kept", "count"),
        Column("Broken", "count"),
        Column("Kept", "share"),
        Column("Before", "share"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            one.agreement,
            CONTRACT_NAMES[one.contract],
            one.compliance.met,
            one.compliance.breached,
            one.compliance.raw,
            one.previous.raw,
        )
        for one in suppliers
    ]
    yield Section("Partners and own teams", tables=(Table(columns, rows),))
