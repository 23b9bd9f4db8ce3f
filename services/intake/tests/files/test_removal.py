"""Files go when nobody needs them: unused, old, or erased; and never one that somebody still names."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from httpx import AsyncClient

from common.http import runtime_of
from common.persistence.database import Database
from common.retention import delete_old
from intake.files.commands import remove_unreferred
from intake.files.configured_storage import storage_of
from intake.files.sweeper import sweep
from intake.retentions import RETENTIONS
from intake_support.tickets import act, open_ticket
from intake_support.uploads import stored_files, uploaded
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)

UPLOADED = next(one for one in RETENTIONS if one.name == "uploaded files")


async def _attach(who: AsyncClient, data: bytes) -> tuple[str, str]:
    """A ticket with a file on it, and the path of that."""
    key = await open_ticket(who)
    body = {"text": "See it.", "attachments": [await uploaded(who, data)]}
    message = (await who.post(f"/v1/tickets/{key}/replies", json=body)).json()
    return key, f"/v1/tickets/{key}/messages/{message['id']}/attachments/0"


async def test_what_no_message_carries_is_removed(
    app: FastAPI, jan: AsyncClient, database: Database, folder: Path
) -> None:
    _, path = await _attach(jan, b"used")
    await uploaded(jan, b"unused")
    await sweep(runtime_of(app))
    assert len(stored_files(folder)) == 2
    await freeze_time(database, NINE + timedelta(hours=25))
    await sweep(runtime_of(app))
    assert len(stored_files(folder)) == 1
    assert (await jan.get(path)).content == b"used"


async def test_files_of_old_closed_tickets_go(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, database: Database, folder: Path
) -> None:
    runtime = runtime_of(app)
    key, path = await _attach(anna, b"old")
    _, of_open_ticket = await _attach(anna, b"of an open one")
    await act(anna, key, "resolve", resolution="done")
    await act(omar, key, "verify")
    assert (await act(omar, key, "close")).status_code == 200
    await freeze_time(database, NINE + timedelta(days=runtime.settings.attachment_days + 1))
    async with database.transaction() as tx:
        assert await delete_old(tx, UPLOADED, runtime.settings) == 1
    await sweep(runtime)
    assert (await anna.get(path)).status_code == 404
    assert (await anna.get(of_open_ticket)).status_code == 200
    assert len(stored_files(folder)) == 1


async def test_uploading_and_removing_the_same_bytes_at_once_loses_nothing(
    app: FastAPI, anna: AsyncClient, database: Database, folder: Path
) -> None:
    storage = storage_of(runtime_of(app).settings)
    for round in range(10):
        first = await uploaded(anna, b"same", f"{round}.log")
        async with database.transaction() as tx:
            await tx.exec_driver_sql("DELETE FROM uploads")
        second, _ = await asyncio.gather(
            uploaded(anna, b"same", f"{round}.log"), remove_unreferred(database, storage)
        )
        assert first != second
        key = await open_ticket(anna)
        body = {"text": "x", "attachments": [second]}
        message = (await anna.post(f"/v1/tickets/{key}/replies", json=body)).json()
        path = f"/v1/tickets/{key}/messages/{message['id']}/attachments/0"
        assert (await anna.get(path)).content == b"same"
        async with database.transaction() as tx:
            await tx.exec_driver_sql("DELETE FROM uploads")
    assert await remove_unreferred(database, storage) == 1
    assert stored_files(folder) == []


async def test_what_a_crash_left_half_received_is_removed(
    app: FastAPI, anna: AsyncClient, folder: Path
) -> None:
    await uploaded(anna)
    old, new = folder / "incoming" / "old", folder / "incoming" / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    await sweep(runtime_of(app))
    assert old not in stored_files(folder)
    assert new in stored_files(folder)
