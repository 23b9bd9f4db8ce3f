"""A database that does not answer requests pages by a metric: nobody may ask whether a replica is ready."""

import asyncio
from typing import Any, cast

from common.http.health import ask_database
from common.persistence.database import Database
from common.persistence.workload import HEALTH
from common.processes import request_process
from common.processes.request_process import _DatabaseLook
from common.telemetry.metrics import COMPONENT_TROUBLE
from opsdesk_local import free_port

TROUBLE = COMPONENT_TROUBLE.labels("database")


async def test_what_is_asked_of_the_database_sets_its_gauge(database: Database) -> None:
    nowhere = Database(f"postgresql://x:y@127.0.0.1:{free_port()}/x", database.schema, HEALTH)
    try:
        assert "does not answer" in (await ask_database(nowhere))["database"]
        assert TROUBLE._value.get() == 1
    finally:
        await nowhere.close()
    assert "database" not in await ask_database(database)
    assert TROUBLE._value.get() == 0


async def test_metrics_wait_for_one_question_and_no_longer_than_a_moment(monkeypatch: Any) -> None:
    """Else a database that hangs would hide all other metrics of the process."""
    asked: list[Database] = []
    answers = asyncio.Event()

    async def ask(database: Database) -> dict[str, str]:
        asked.append(database)
        await answers.wait()
        return {}

    monkeypatch.setattr(request_process, "ask_database", ask)
    monkeypatch.setattr(request_process, "LOOK_S", 0.0)
    look, database = _DatabaseLook(), cast(Database, None)
    for _ in range(3):
        await look.take(database)
        await asyncio.sleep(0)
    assert len(asked) == 1
    answers.set()
    monkeypatch.setattr(request_process, "LOOK_S", 5.0)
    await look.take(database)
    await asyncio.gather(look.take(database), look.take(database))
    assert len(asked) == 2
