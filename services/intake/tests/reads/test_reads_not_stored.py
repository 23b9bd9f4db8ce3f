"""Where reads of personal data cannot be stored, nobody reads on for long, and readiness says so (R16)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from prometheus_client import REGISTRY

from common.http import runtime_of
from common.http.lifespan import request_components
from common.http.state import state_of
from common.persistence.database import Connection
from intake.reads import recorder as recording
from intake.reads import store
from intake.reads.recorder import ReadRecorder
from intake_support.tickets import open_ticket


@pytest.fixture
async def recorder(app: FastAPI) -> AsyncIterator[ReadRecorder]:
    recorder = runtime_of(app).resource(ReadRecorder)
    yield recorder
    await recorder.flush()


async def _read(who: AsyncClient, key: str) -> int:
    return (await who.get(f"/v1/tickets/{key}")).status_code


async def _fails(*_: object) -> None:
    raise ConnectionError("the database is away")


async def test_reads_that_are_being_stored_count(
    anna: AsyncClient, recorder: ReadRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that hangs keeps them in memory: more than the bound are refused, none is lost."""
    monkeypatch.setattr(recording, "MAX_PENDING", 2)
    monkeypatch.setattr(recording, "MAX_WAIT_S", 0.05)
    keys = [await open_ticket(anna) for _ in range(3)]
    for key in keys[:2]:
        assert await _read(anna, key) == 200
    begun, release, stored = asyncio.Event(), asyncio.Event(), store.add

    async def hangs(tx: Connection, seen: frozenset[tuple[str, str]]) -> None:
        begun.set()
        await release.wait()
        await stored(tx, seen)

    monkeypatch.setattr(store, "add", hangs)
    flushing = asyncio.create_task(recorder.flush())
    await begun.wait()
    assert recorder.unstored == 2
    assert REGISTRY.get_sample_value("opsdesk_reads_unstored") == 2
    assert await _read(anna, keys[2]) == 503
    release.set()
    await flushing
    assert recorder.unstored == 0
    assert await _read(anna, keys[2]) == 200


async def test_an_empty_list_is_no_read_that_waits(
    anna: AsyncClient, recorder: ReadRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await open_ticket(anna)
    empty = await anna.get("/v1/problems")
    assert empty.json()["items"] == []
    await recorder.flush()
    monkeypatch.setattr(recording, "MAX_AGE_S", -1.0)
    assert recorder.trouble is None
    monkeypatch.undo()
    assert await _read(anna, key) == 200


async def test_what_waits_for_too_long_stops_the_next_ones(
    anna: AsyncClient, recorder: ReadRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few they are: where nothing can be stored, nobody reads unnoticed."""
    first, second = [await open_ticket(anna) for _ in range(2)]
    with monkeypatch.context() as away:
        away.setattr(store, "add", _fails)
        assert await _read(anna, first) == 200
        away.setattr(recording, "MAX_AGE_S", -1.0)
        assert await _read(anna, second) == 503
        assert recorder.trouble is not None
        assert "503" in recorder.trouble
    assert await _read(anna, second) == 200
    await recorder.flush()
    assert recorder.trouble is None


async def test_readiness_names_why_they_are_not_stored(
    app: FastAPI,
    anna: AsyncClient,
    recorder: ReadRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the database is only away: that is logged once, and not with each attempt."""
    assert request_components(state_of(app))["reads"] is recorder
    assert await _read(anna, await open_ticket(anna)) == 200
    with monkeypatch.context() as away:
        away.setattr(store, "add", _fails)
        with pytest.raises(ConnectionError):
            await recorder.flush()
        assert recorder.trouble is not None
        assert "cannot be stored" in recorder.trouble
    await recorder.flush()
    assert recorder.trouble is None
