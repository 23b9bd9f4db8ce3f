"""What runs where, and what is on its way there: environments as rows, products as columns. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.paged_list import PagedList, paged_list
from console.upstream.part import Part


@dataclass(frozen=True, slots=True)
class Cell:
    """A product on an environment. `coming` have not ended; `holds` were refused there, and hold a version."""

    product: str
    digest: str | None
    version: str | None
    since: str | None
    coming: tuple[Mapping[str, Any], ...]
    holds: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An environment, what stands in the way there, and a cell for each column, None where there is nothing."""

    environment: str
    customer: str
    tier: str
    debt: Mapping[str, Any] | None
    drift: Mapping[str, Any] | None
    blockers: tuple[str, ...]
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`products` are the columns: those that are on one of the environments of this page."""

    products: tuple[str, ...]
    rows: tuple[Row, ...]
    listed: PagedList
    filters: Mapping[str, str]


def delivery_matrix(part: Part, filters: Mapping[str, str]) -> Matrix:
    """Put together what the gate answered; `filters` are those of the page's address."""
    listed = paged_list(part, "/deliveries", filters)
    products = tuple(
        sorted({cell["product"] for row in listed.items for cell in row["cells"]}, key=str.casefold)
    )
    rows = tuple(_row(one, products) for one in listed.items)
    return Matrix(products, rows, listed, filters)


def _row(item: Mapping[str, Any], products: tuple[str, ...]) -> Row:
    cells = {one["product"]: _cell(one) for one in item["cells"]}
    return Row(
        item["environment"],
        item["customer"],
        item["tier"],
        item["debt"],
        item["drift"],
        tuple(item["blockers"]),
        tuple(cells.get(product) for product in products),
    )


def _cell(item: Mapping[str, Any]) -> Cell:
    return Cell(
        item["product"],
        item["digest"],
        item["version"],
        item["delivered_at"],
        tuple(item["deliveries"]),
        tuple(item["holds"]),
    )
