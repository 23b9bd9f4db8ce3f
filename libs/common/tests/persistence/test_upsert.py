"""Keys from sequences; rows found by id or key; rows inserted or updated."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, Uuid, select, text

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key, next_key, next_number
from common.persistence.upsert import upsert, upsert_newer

people = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("sequence", BigInteger),
)
ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
async def tx(owner_tx: Connection) -> Connection:
    await owner_tx.run_sync(lambda connection: people.create(connection))
    return owner_tx


def row(name: str, sequence: int) -> dict[str, Any]:
    return {"id": ID, "key": "THI-1", "name": name, "sequence": sequence}


async def name(tx: Connection) -> str | None:
    return await tx.scalar(select(people.c.name))


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [((1, 2), "second"), ((2, 1), "first"), ((1, 1), "first")],
)
async def test_the_newer_sequence_wins_in_whatever_order_they_come(
    tx: Connection, sequences: tuple[int, int], expected: str
) -> None:
    for new_name, sequence in zip(("first", "second"), sequences, strict=True):
        await upsert_newer(tx, people, row(new_name, sequence))
    assert await name(tx) == expected


async def test_an_upsert_replaces_whatever_is_there(tx: Connection) -> None:
    await upsert(tx, people, row("first", 2))
    await upsert(tx, people, row("second", 1))
    assert await name(tx) == "second"


@pytest.mark.parametrize(("reference", "found"), [(str(ID), ID), ("THI-1", ID), ("THI-2", None)])
async def test_a_row_is_found_by_its_id_and_by_its_key(
    tx: Connection, reference: str, found: UUID | None
) -> None:
    await upsert(tx, people, row("first", 1))
    assert await tx.scalar(select(people.c.id).where(by_id_or_key(people, reference))) == found


async def test_keys_are_numbered_by_their_sequence(tx: Connection) -> None:
    await tx.execute(text("CREATE SEQUENCE thing_numbers START 7"))
    assert await next_key(tx, "THI", "thing_numbers") == "THI-7"
    assert await next_number(tx, "thing_numbers") == 8
