"""`/v1/simulated-time`: forwards only, and what is due by the new time is due at once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from common.http import Service
from common.persistence.database import Database, transaction_time
from common.scheduling.deadlines import Deadline, Timer, schedule
from common.settings import Settings
from common.simulated_time.routes import routes
from opsdesk_testing.client import app_for, client

PATH = "/v1/simulated-time"
MONDAY = datetime(2030, 3, 4, 9, tzinfo=UTC)


def service(database: Database) -> Service:
    return Service(name="sla", schema=database.schema, title="SLA", settings=Settings, routers=())


@pytest.fixture
async def anna(database: Database) -> AsyncIterator[AsyncClient]:
    async with client(app_for(service(database), database, routes), as_="anna") as anna:
        yield anna


async def test_time_stands_where_it_is_put(anna: AsyncClient, database: Database) -> None:
    answer = await anna.post(PATH, json={"at": MONDAY.isoformat(), "frozen": True})
    assert answer.status_code == 200
    assert answer.json()["now"] == "2030-03-04T09:00:00Z"
    async with database.transaction() as tx:
        assert await transaction_time(tx) == MONDAY


async def test_time_goes_on_from_where_it_is_put(anna: AsyncClient, database: Database) -> None:
    await anna.post(PATH, json={"at": MONDAY.isoformat()})
    async with database.transaction() as tx:
        first = await transaction_time(tx)
        second = await transaction_time(tx)
    assert MONDAY <= first < second < MONDAY + timedelta(minutes=1)


async def test_time_only_moves_forwards(anna: AsyncClient) -> None:
    await anna.post(PATH, json={"at": MONDAY.isoformat(), "frozen": True})
    earlier = MONDAY - timedelta(microseconds=1)
    answer = await anna.post(PATH, json={"at": earlier.isoformat(), "frozen": True})
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:opsdesk:error:time-goes-forwards"
    again = await anna.post(PATH, json={"at": MONDAY.isoformat(), "frozen": True})
    assert again.status_code == 200


async def test_it_says_what_is_next(anna: AsyncClient, database: Database) -> None:
    due = MONDAY + timedelta(hours=1)
    async with database.transaction() as tx:
        await schedule(tx, [Deadline("clock", uuid4(), due)])
    state = (await anna.get(PATH)).json()
    assert state["next_due_at"] == "2030-03-04T10:00:00Z"
    assert (state["unsent"], state["lag"], state["announced"]) == (0, 0, 0)


async def test_no_customer_moves_time(database: Database) -> None:
    app = app_for(service(database), database, routes)
    async with client(app, as_="jan", roles=["customer"], customer="acme") as jan:
        assert (await jan.post(PATH, json={"at": MONDAY.isoformat()})).status_code == 403


async def test_in_real_time_there_is_no_such_address(database: Database) -> None:
    async with client(app_for(service(database), database), as_="anna") as anna:
        assert (await anna.get(PATH)).status_code == 404


async def test_what_is_written_and_not_done_counts_as_unsent(database: Database) -> None:
    """Time must not run away from a notification that is on its way."""

    async def three(_: object) -> int:
        return 3

    app = app_for(replace(service(database), pending=three), database, routes)
    async with client(app, as_="anna") as anna:
        assert (await anna.get(PATH)).json()["unsent"] == 3


async def test_time_does_not_stop_on_its_way_for_what_is_periodic(database: Database) -> None:
    """A job of every five minutes runs once per jump; once it is due it is waited for."""

    async def lock_nothing(*_: object) -> set[UUID]:
        return set()

    async def fire_nothing(*_: object) -> None:
        pass

    look = Timer(lock_nothing, fire_nothing, periodic=True)
    timers = {"look": look, "clock": Timer(lock_nothing, fire_nothing)}
    app = app_for(replace(service(database), timers=timers), database, routes)
    soon, later = MONDAY + timedelta(minutes=5), MONDAY + timedelta(hours=1)
    async with client(app, as_="anna") as anna:
        await anna.post(PATH, json={"at": MONDAY.isoformat(), "frozen": True})
        async with database.transaction() as tx:
            await schedule(tx, [Deadline("look", uuid4(), soon), Deadline("clock", uuid4(), later)])
        assert (await anna.get(PATH)).json()["next_due_at"] == "2030-03-04T10:00:00Z"
        jumped = await anna.post(PATH, json={"at": later.isoformat(), "frozen": True})
    assert jumped.json()["next_due_at"] == "2030-03-04T09:05:00Z"
