"""Keyset paging: page by page the same rows, in the same order, as the whole list."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
)

from common.http import Paging
from common.persistence.database import Connection
from common.persistence.keyset import is_after, page_after

things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("size", Integer),
)
ROWS = [
    {"id": number, "kind": kind, "size": size}
    for number, (kind, size, _) in enumerate(product("abc", (None, 1, 2), range(2)))
]
ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "one column": (things.c.id.asc(),),
    "one column downwards": (things.c.id.desc(),),
    "two columns": (things.c.kind.asc(), things.c.id.asc()),
    "two columns downwards": (things.c.kind.desc(), things.c.id.desc()),
    "mixed directions": (things.c.kind.desc(), things.c.id.asc()),
    "nulls last": (things.c.size.asc().nulls_last(), things.c.id.asc()),
    "nulls last downwards": (things.c.size.desc().nulls_last(), things.c.id.asc()),
    "nulls last in the middle": (things.c.kind, things.c.size.nulls_last(), things.c.id.desc()),
}


@pytest.fixture
async def tx(owner_tx: Connection) -> Connection:
    await owner_tx.run_sync(lambda connection: things.create(connection))
    await owner_tx.execute(insert(things), ROWS)
    return owner_tx


@pytest.mark.parametrize("limit", [1, 4, 18])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
async def test_pages_are_the_whole_list_in_order(
    tx: Connection, order: Sequence[ColumnElement[Any]], limit: int
) -> None:
    whole = list(await tx.scalars(select(things.c.id).order_by(*order)))
    columns = [str(element).split(".")[1].split()[0] for element in order]
    collected: list[int] = []
    position: list[Any] | None = None
    while True:
        rows = (await tx.execute(page_after(select(things), order, position, limit))).all()
        collected += [row.id for row in rows[:limit]]
        if len(rows) <= limit:
            break
        position = [getattr(rows[limit - 1], column) for column in columns]
    assert collected == whole


def test_one_direction_is_a_row_comparison_that_an_index_can_answer() -> None:
    condition = is_after((things.c.kind.desc(), things.c.id.desc()), ("a", 1))
    assert "(things.kind, things.id) < (" in str(condition)


def test_an_order_that_cannot_be_paged_is_refused() -> None:
    with pytest.raises(ValueError, match="keyset"):
        is_after((things.c.size.nulls_first(), things.c.id), (1, 1))
    with pytest.raises(ValueError, match="1 values for an order of 2"):
        is_after((things.c.kind, things.c.id), ("a",))


async def test_a_page_names_the_next_one_only_where_there_is_more(tx: Connection) -> None:
    def position(row: Row[Any]) -> tuple[int]:
        return (row.id,)

    shown: list[int] = []
    cursor: str | None = None
    for _ in range(3):
        page = Paging(limit=6, cursor=cursor)
        rows = (await tx.execute(page_after(select(things), (things.c.id,), page.after, 6))).all()
        answer = page.page_of(rows, lambda row: int(row.id), position)
        shown, cursor = [*shown, *answer.items], answer.next
    assert shown == [row["id"] for row in ROWS]
    assert cursor is None
    assert await tx.scalar(select(func.count()).select_from(things)) == len(shown)


def test_a_list_in_memory_is_paged_the_same_way() -> None:
    words = ["a", "b", "c"]

    def position(word: str) -> tuple[str]:
        return (word,)

    first = Paging(limit=2, cursor=None).slice(words, str.upper, position, (str,))
    rest = Paging(limit=2, cursor=first.next).slice(words, str.upper, position, (str,))
    assert (first.items, rest.items, rest.next) == (["A", "B"], ["C"], None)
