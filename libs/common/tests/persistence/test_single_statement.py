"""A statement that is its own transaction: for loops alone, and its connection is not used after a failure."""

import pytest
from asyncpg.exceptions import UndefinedTableError

from common.persistence.database import Database
from common.persistence.row_scope import rows_of_nobody
from common.persistence.single_statement import fetch_alone


async def test_it_reads_without_a_transaction_around_it(database: Database) -> None:
    rows = await fetch_alone(database, "SELECT $1::int + 1 AS next", 1)
    assert rows[0]["next"] == 2


async def test_a_request_of_a_contact_may_not_read_every_row_by_it(database: Database) -> None:
    with rows_of_nobody(), pytest.raises(RuntimeError, match="whose rows"):
        await fetch_alone(database, "SELECT 1")


async def test_after_a_failure_the_next_one_works(database: Database) -> None:
    with pytest.raises(UndefinedTableError):
        await fetch_alone(database, "SELECT * FROM nothing_of_this_name")
    assert await fetch_alone(database, "SELECT 1 AS one")
