"""A database that is away ends no loop of any service: they go on by themselves, and alerts on restarts mean a defect."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from importlib import import_module

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from common.http import Service
from common.http.lifespan import request_loops
from common.http.loops import Loop, background_loops, create_loop_state, stop_loops
from common.http.state import attach_state
from common.persistence.database import Database
from common.persistence.errors import is_transient
from common.persistence.workload import WRITES
from common.runtime import create_runtime
from opsdesk_local import free_port
from opsdesk_testing.client import settings_for

MODULES = ("intake", "sla", "escalation", "delivery_gate", "console")
LOOK_S = 3.0
"""Seconds in which each loop asks the database at least once, where it asks soon at all."""
MAIL = {"smtp_server": "127.0.0.1:9", "mail_from": "opsdesk@meridian.example"}
OWN_SETTINGS: dict[str, dict[str, str]] = {
    "intake": MAIL,
    "escalation": {
        **MAIL,
        "fallback_email": "duty@meridian.example",
        "public_url": "https://opsdesk.example",
    },
    "console": {
        "console_url": "https://console.example",
        **{
            f"{one}_url": f"http://{one}"
            for one in ("intake", "sla", "escalation", "delivery_gate")
        },
        **{f"{one}_endpoint": "http://issuer" for one in ("authorization", "token", "end_session")},
        "session_keys": urlsafe_b64encode(bytes(32)).decode(),
    },
}


@pytest.fixture
async def nowhere() -> AsyncIterator[Database]:
    """A database that refuses each connection, as while it starts again."""
    database = Database(f"postgresql://x:y@127.0.0.1:{free_port()}/opsdesk", "x", WRITES)
    yield database
    await database.close()


def all_loops(service: Service, database: Database) -> Iterator[tuple[str, Loop]]:
    """Those of both processes of a replica."""
    settings = settings_for(
        service.settings,
        "postgresql://unused",
        time_mode="real",
        **OWN_SETTINGS.get(service.name, {}),
    )
    runtime = create_runtime(settings, database, service.resources)
    yield from background_loops(create_loop_state(service, runtime))
    yield from request_loops(attach_state(FastAPI(), service, settings, database))


@pytest.mark.parametrize("module", MODULES)
async def test_a_database_that_is_away_ends_no_loop(module: str, nowhere: Database) -> None:
    service: Service = import_module(f"{module}.app").SERVICE
    loops = list(all_loops(service, nowhere))
    assert len(loops) >= 8
    tasks = [asyncio.create_task(_run(loop), name=name) for name, loop in loops]
    ended, _ = await asyncio.wait(tasks, timeout=LOOK_S, return_when=asyncio.FIRST_EXCEPTION)
    failed = {one.get_name(): repr(one.exception()) for one in ended if one.exception()}
    await stop_loops(tasks)
    assert failed == {}


async def _run(loop: Loop) -> None:
    await loop()


async def test_that_database_is_away_as_one_is_that_starts_again(nowhere: Database) -> None:
    with pytest.raises(Exception) as refused:  # noqa: PT011 - asked below what it is
        async with nowhere.transaction() as tx:
            await tx.execute(text("SELECT 1"))
    assert is_transient(refused.value)
