"""Values written into the statement itself, so that a partial index can be used.

Under a generic plan PostgreSQL cannot prove from a parameter that a row lies in the index.
"""

from collections.abc import Iterable

from sqlalchemy import BindParameter, Column, ColumnElement, bindparam


def in_literals(column: Column[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column IN ('a', 'b')`, as the index says it."""
    literals: BindParameter[str] = bindparam(
        None, sorted(values), expanding=True, literal_execute=True
    )
    return column.in_(literals)
