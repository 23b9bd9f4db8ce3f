"""Two imports at the same time both end with their reports, and one that the database gives up on says what it stored."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.exc import OperationalError

from common.persistence.database import Connection, Database
from intake.directory import import_batches
from intake.directory.import_batches import ATTEMPTS, NOT_STORED, store_in_batches
from intake.directory_imports import commands
from intake.directory_imports.domain import DirectoryRow, ImportedRow

HEAD = "key,name\n"


async def _send(who: AsyncClient, lines: Sequence[str]) -> dict[str, Any]:
    answer = await who.post(
        "/v1/imports/directory",
        params={"kind": "partners"},
        content=HEAD + "\n".join(lines),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_files_in_opposite_orders_do_not_wait_for_each_other(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line of both is stored once, at the first attempt, and reported in the order of its file."""
    monkeypatch.setattr(import_batches, "ATTEMPTS", 1)
    report, both = commands.DirectoryImport._report, asyncio.Barrier(2)
    seen: set[int] = set()

    async def in_step(
        self: commands.DirectoryImport, tx: Connection, row: DirectoryRow
    ) -> ImportedRow:
        """The first row of each file is stored before the second of the other one is begun."""
        item = await report(self, tx, row)
        if id(self) not in seen:
            seen.add(id(self))
            # Where the other one waits for this one to end, as it should, it does not come.
            with suppress(TimeoutError):
                await asyncio.wait_for(both.wait(), 0.5)
        return item

    monkeypatch.setattr(commands.DirectoryImport, "_report", in_step)
    lines = ["aa,Aa", "zz,Zz"]
    one, other = await asyncio.gather(_send(anna, lines), _send(omar, lines[::-1]))
    assert [item["key"] for item in one["items"]] == ["aa", "zz"]
    assert [item["key"] for item in other["items"]] == ["zz", "aa"]
    assert sorted((one["created"], other["created"])) == [0, 2]
    assert sorted((one["unchanged"], other["unchanged"])) == [0, 2]


class _Deadlock(Exception):
    sqlstate = "40P01"


def _fails() -> OperationalError:
    return OperationalError("INSERT", {}, _Deadlock())


async def test_a_batch_is_tried_again(anna: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an attempt had seen is forgotten with it: no line is its own double."""
    report, failures = commands.DirectoryImport._report, [1, 2]

    async def fails_twice(
        self: commands.DirectoryImport, tx: Connection, row: DirectoryRow
    ) -> ImportedRow:
        item = await report(self, tx, row)
        if failures:
            failures.pop()
            raise _fails()
        return item

    monkeypatch.setattr(commands.DirectoryImport, "_report", fails_twice)
    assert (await _send(anna, ["aa,Aa", "zz,Zz"]))["created"] == 2


async def test_what_was_stored_is_reported_where_the_rest_is_not(
    anna: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "BATCH_SIZE", 1)
    report, tries = commands.DirectoryImport._report, []

    async def fails_on_b(
        self: commands.DirectoryImport, tx: Connection, row: DirectoryRow
    ) -> ImportedRow:
        if row.values["key"] == "bb":
            tries.append(row)
            raise _fails()
        return await report(self, tx, row)

    with monkeypatch.context() as patched:
        patched.setattr(commands.DirectoryImport, "_report", fails_on_b)
        items = (await _send(anna, ["aa,Aa", "bb,Bb", "cc,Cc"]))["items"]
    assert [item["outcome"] for item in items] == ["created", "refused", "refused"]
    assert items[1]["problems"] == items[2]["problems"] == [NOT_STORED]
    assert len(tries) == ATTEMPTS
    again = await _send(anna, ["aa,Aa", "bb,Bb", "cc,Cc"])
    assert [item["outcome"] for item in again["items"]] == ["unchanged", "created", "created"]


async def test_where_nothing_is_stored_the_request_fails(database: Database) -> None:
    async def fails(_tx: Connection, _rows: Sequence[int]) -> Sequence[int]:
        raise _fails()

    with pytest.raises(OperationalError):
        await store_in_batches(database, [1, 2], 1, fails, lambda row, _why: row)
