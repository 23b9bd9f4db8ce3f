"""Values written into the statement itself, so that a partial index can be used.

Under a generic plan PostgreSQL cannot prove from a parameter that a row lies in the index.
"""

from collections.abc import Iterable

from sqlalchemy import BindParameter, ColumnElement, bindparam


def in_literals(column: ColumnElement[str], values: Iterable[str]) -> ColumnElement[bool]:
    """`column IN ('a', 'b')`, as the definition of the index has it."""
    literals: BindParameter[str] = bindparam(
        None, sorted(values), expanding=True, literal_execute=True
    )
    return column.in_(literals)
