"""Pages of a list by the position of the last row shown (keyset paging), never by OFFSET."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, false, or_, tuple_
from sqlalchemy.sql import operators


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of an ORDER BY. NULLs are last where `nulls_last`; else there must be none."""

    expression: ColumnElement[Any]
    descending: bool = False
    nulls_last: bool = False

    def is_same(self, value: Any) -> ColumnElement[bool]:
        return self.expression.is_(None) if value is None else self.expression == value

    def is_after(self, value: Any) -> ColumnElement[bool]:
        if value is None:
            return false()  # NULLs are the last ones
        after = self.expression < value if self.descending else self.expression > value
        return or_(after, self.expression.is_(None)) if self.nulls_last else after


def page_after(
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    position: Sequence[Any] | None,
    limit: int,
) -> Select[Any]:
    """The query in this order, after `position`, with one row more than `limit`.

    `order` ends in a unique column; `.desc()` and `.nulls_last()` are understood. `position` has
    the values of these columns in the last row shown, None on the first page. The row too many
    says that there is a next page: see `common.http.Paging.page_of`.
    """
    if position is not None:
        query = query.where(is_after(order, position))
    return query.order_by(*order).limit(limit + 1)


def is_after(order: Sequence[ColumnElement[Any]], position: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the rows after `position` in this order.

    A row comparison where all columns run the same way and have no NULLs: PostgreSQL can start
    an index scan there.
    """
    columns = [_parse(expression) for expression in order]
    if len(columns) != len(position):
        raise ValueError(f"{len(position)} values for an order of {len(columns)} columns")
    directions = {column.descending for column in columns}
    if len(directions) == 1 and not any(column.nulls_last for column in columns):
        return _compare_rows(columns, position)
    return or_(
        *(
            and_(
                *(same.is_same(value) for same, value in zip(columns[:n], position, strict=False)),
                column.is_after(position[n]),
            )
            for n, column in enumerate(columns)
        )
    )


def _compare_rows(columns: Sequence[_Column], position: Sequence[Any]) -> ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].is_after(position[0])
    row = tuple_(*(column.expression for column in columns))
    given = tuple(position)
    return row < given if columns[0].descending else row > given


def _parse(expression: ColumnElement[Any]) -> _Column:
    descending = nulls_last = False
    while isinstance(expression, UnaryExpression) and expression.modifier is not None:
        if expression.modifier is operators.desc_op:
            descending = True
        elif expression.modifier is operators.nulls_last_op:
            nulls_last = True
        elif expression.modifier is not operators.asc_op:
            raise ValueError(f"no keyset paging in the order {expression}")
        expression = expression.element
    return _Column(expression, descending, nulls_last)
