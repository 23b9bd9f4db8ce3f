"""A seal never misses an entry, whenever it is committed and wherever the database moves."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.audit import Entry, record, sealer, verifier
from common.audit.sealer import seal
from common.audit.verify import verify
from common.persistence.database import Database
from opsdesk_testing.waiting import until

from .conftest import AT, entry, write


async def test_an_entry_committed_late_is_in_a_later_seal(database: Database) -> None:
    """Its position and transaction id are older than those of entries sealed already."""
    async with database.transaction() as late:
        await record(late, entry(1))
        await write(database, entry(2))
        assert [one.size for one in await seal(database)] == [1]
        await write(database, entry(3))
        assert [one.size for one in await seal(database)] == [1]
    assert [one.size for one in await seal(database)] == [1]
    assert await seal(database) == []
    found = await verify(database)
    assert (found.difference, found.sealed, found.unsealed) == (None, 3, 0)


async def test_a_commit_between_the_sealers_look_and_its_commit_is_not_lost(
    database: Database,
) -> None:
    """Many writers with open transactions of all lengths while seals are made."""
    seals = 0
    writing = [
        asyncio.create_task(_write_across_seals(database, n, lambda: seals)) for n in range(6)
    ]
    while not all(task.done() for task in writing):
        await seal(database)
        seals += 1
        assert (await verify(database)).difference is None
    await asyncio.gather(*writing)
    await seal(database)
    found = await verify(database)
    assert (found.difference, found.sealed, found.unsealed) == (None, 90, 0)


async def _write_across_seals(database: Database, number: int, seals: Callable[[], int]) -> None:
    """Write 15 entries, each in a transaction that stays open while `number` seals are made."""
    for _ in range(15):
        async with database.transaction() as tx:
            await record(tx, entry(number))
            await until(partial(_has_reached, seals, seals() + number))


def _has_reached(seals: Callable[[], int], wanted: int) -> bool:
    return seals() >= wanted


async def test_a_rolled_back_entry_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await record(tx, entry(1))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await seal(database) == []


async def test_one_replica_seals_at_a_time(database: Database) -> None:
    await write(database, *(entry(n) for n in range(50)))
    made = await asyncio.gather(*(seal(database) for _ in range(5)))
    assert sum(one.size for seals in made for one in seals) == 50
    assert (await verify(database)).difference is None


async def test_nobody_waits_for_a_seal_in_the_making(database: Database) -> None:
    """The hot path takes no lock that the sealer holds, and the other way round."""
    await write(database, entry(1))
    await seal(database)
    sealing = await database.dedicated_connection()
    async with sealing.transaction():
        await sealing.execute(
            "INSERT INTO audit_seals SELECT 2, sealed_at, size, root, previous, chain, settled,"
            " floor, cluster FROM audit_seals"
        )
        async with asyncio.timeout(5):
            await write(database, entry(2))
    await sealing.close()


async def test_a_backlog_is_sealed_in_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealer, "MAX_ENTRIES_PER_SEAL", 4)
    await write(database, *(entry(n) for n in range(10)))
    assert [one.size for one in await seal(database)] == [4, 4, 2]
    found = await verify(database)
    assert (found.difference, found.sealed) == (None, 10)


async def test_after_a_move_to_another_cluster_nothing_is_missed(
    database: Database, superuser: "asyncpg.Connection[Any]"
) -> None:
    """A restored dump: the rows keep their transaction ids, the new cluster's begin far below."""
    await write(database, entry(1), entry(2))
    await seal(database)
    await write(database, entry(3))  # not sealed before the move
    await superuser.execute("UPDATE audit SET xid = xid + 1000000000")
    await superuser.execute(
        "UPDATE audit_seals SET settled = settled + 1000000000, cluster = cluster - 1"
    )
    await write(database, entry(4))  # by the new cluster's small ids
    assert [one.size for one in await seal(database)] == [2]
    await write(database, entry(5))
    assert [one.size for one in await seal(database)] == [1]
    found = await verify(database)
    assert (found.difference, found.sealed, found.unsealed) == (None, 5, 0)


async def test_what_is_recorded_is_what_was_written(database: Database) -> None:
    grounds = {"at": AT, "text": 'quote " and \u2028', "number": 1.5, "none": None}
    await write(database, Entry(AT, "anna", "ticket.verify", "ticket/1", grounds))
    connection = await database.dedicated_connection()
    row = await connection.fetchrow("SELECT at, who, behind, grounds FROM audit")
    await connection.close()
    assert row is not None
    assert (row["at"], row["who"], row["behind"]) == (AT, "anna", None)
    assert "2026-03-02T09:30:00.123456+00:00" in row["grounds"]


def _tree(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    import hashlib

    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + _tree(leaves[:k]) + _tree(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_the_root_is_that_of_rfc_6962(entries: list[bytes]) -> None:
    leaves = [verifier.leaf(one) for one in entries]
    assert verifier.root(leaves) == _tree(leaves)


async def test_a_sealer_that_failed_tries_again_soon_and_is_well_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart of the database readiness must not wait for the next minute."""
    monkeypatch.setattr(sealer, "RETRY_DELAY_S", 0.01)
    failures = [ConnectionError("gone"), ConnectionError("gone")]
    done = asyncio.Event()

    async def seal_at_last(_: Database) -> None:
        if failures:
            raise failures.pop()
        done.set()

    monkeypatch.setattr(sealer, "seal", seal_at_last)
    background = sealer.Sealer(database)
    running = asyncio.create_task(background.run())
    async with asyncio.timeout(10):
        await done.wait()
    running.cancel()
    assert background.trouble is None


_AS_JSONB = """jsonb_build_object('position', a.position,
    'at', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'who', a.who,
    'behind', a.behind, 'action', a.action, 'subject', a.subject, 'grounds', a.grounds)::text"""


@pytest.mark.parametrize("behind", [None, 'a "portal"\\\n\t\x01 of 東京'])
async def test_a_line_has_the_bytes_that_release_0_1_sealed(
    database: Database, behind: str | None
) -> None:
    """Seals that were made by it are checked with the lines of today."""
    grounds: dict[str, Any] = {
        "zz": {"b": 1.50, "a": [None, True, "\u2028\\u0041"]},
        "a": 10**20,
        "": "",
    }
    odd = "anna\x7f\u202e\"'"
    await write(
        database, entry(1), replace(entry(2), who=odd, subject=odd, grounds=grounds, behind=behind)
    )
    connection = await database.dedicated_connection()
    lines = await connection.fetch(
        f"SELECT {sealer.ENTRY_LINE_SQL} AS now, {_AS_JSONB} AS before FROM audit a"
    )
    await connection.close()
    assert len(lines) == 2
    assert [line["now"] for line in lines] == [line["before"] for line in lines]
