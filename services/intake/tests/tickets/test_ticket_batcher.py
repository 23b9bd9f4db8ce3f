"""The hot path of opening tickets: batched, kept, idempotent, and honest when it cannot say."""

import asyncio
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.http import runtime_of
from common.persistence.database import Database
from intake.tickets import ticket_batcher
from intake.tickets.store import ticket_batch as store
from intake.tickets.ticket_batcher import TicketBatcher
from opsdesk_testing.protocol import outbox_events

DOWN = {"title": "Billing is down", "customer": "acme", "environment": "acme-prod"}


async def post(who: AsyncClient, key: str | None = None, **more: Any) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await who.post("/v1/tickets", json=DOWN | more, headers=headers)


async def count(database: Database, table: str) -> int:
    async with database.transaction() as tx:
        return int(await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_many_at_once_are_all_kept_in_few_batches(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    real = store.insert_batch

    async def counted(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        batches.append(len(openings))
        return await real(raw, openings)

    monkeypatch.setattr(store, "insert_batch", counted)
    answers = await asyncio.gather(*(post(anna) for _ in range(60)))
    assert {one.status_code for one in answers} == {201}
    keys = {one.json()["key"] for one in answers}
    assert len(keys) == await count(database, "tickets") == 60
    assert sum(batches) == 60
    assert len(batches) < 60
    events = [one for one in await outbox_events(database) if one.topic == "opsdesk.tickets"]
    assert {one.body["ticket"] for one in events} == keys
    assert {one.sequence for one in events} == {1}
    async with database.transaction() as tx:
        audited = await tx.scalar(text("SELECT count(*) FROM audit WHERE action = 'ticket.open'"))
    assert audited == 60


async def test_a_blocker_tells_both_of_its_events(anna: AsyncClient, database: Database) -> None:
    answer = await post(anna, priority="blocker")
    assert answer.headers["etag"] == '"2"'
    events = (await outbox_events(database))[-2:]
    assert [(one.type.split(".")[2], one.sequence) for one in events] == [
        ("opened", 1),
        ("blocker_raised", 2),
    ]


async def test_one_key_at_the_same_time_is_one_ticket(
    anna: AsyncClient, database: Database
) -> None:
    answers = await asyncio.gather(*(post(anna, key="k") for _ in range(8)))
    assert {one.status_code for one in answers} <= {201, 409}
    assert len({one.json()["key"] for one in answers if one.status_code == 201}) == 1
    assert await count(database, "tickets") == 1


async def test_a_key_answers_again_and_refuses_another_request(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    first = await post(anna, key="k")
    again = await post(anna, key="k")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert (await post(anna, key="k", title="Other")).status_code == 422
    assert (await post(omar, key="k")).json()["key"] != first.json()["key"]
    assert (await post(anna, key="")).status_code == 422


async def test_a_key_that_has_expired_opens_anew(
    anna: AsyncClient, database: Database, owner_url: str
) -> None:
    first = await post(anna, key="k")
    owner = await asyncpg.connect(owner_url)
    await owner.execute("UPDATE intake.idempotency SET answered_at = now() - interval '8 days'")
    await owner.close()
    again = await post(anna, key="k")
    assert (again.status_code, again.json()["key"] == first.json()["key"]) == (201, False)


async def test_a_bad_ticket_does_not_fail_its_neighbours(
    anna: AsyncClient, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that PostgreSQL refuses, in a batch with others."""
    real = store.insert_batch

    async def refusing(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        if any(one.ticket.title == "bad" for one in openings):
            await raw.execute("SELECT 1 / 0")
        return await real(raw, openings)

    monkeypatch.setattr(store, "insert_batch", refusing)
    titles = ["good", "bad", "good", "good"]
    answers = await asyncio.gather(*(post(anna, title=title) for title in titles))
    assert [one.status_code for one in answers] == [201, 422, 201, 201]
    assert await count(database, "tickets") == 3


async def test_a_ticket_asked_for_in_the_future_fails_alone(
    anna: AsyncClient, database: Database
) -> None:
    late = {"opened_at": "2031-01-01T00:00:00Z"}
    answers = await asyncio.gather(post(anna), post(anna, **late), post(anna))
    assert [one.status_code for one in answers] == [201, 422, 201]


async def test_after_a_lost_connection_who_is_there_is_told_so(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committed, and the answer of PostgreSQL lost: 201, not a second ticket."""
    real = store.insert_batch

    async def lost_after(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        await real(raw, openings)
        raw.terminate()
        raise asyncpg.ConnectionDoesNotExistError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(store, "insert_batch", lost_after)
        answer = await post(anna)
    assert answer.status_code == 201
    assert await count(database, "tickets") == 1
    assert (await post(anna)).status_code == 201


async def test_after_a_lost_connection_who_is_not_there_may_send_again(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost_before(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        raw.terminate()
        raise asyncpg.ConnectionDoesNotExistError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(store, "insert_batch", lost_before)
        answer = await post(anna)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert await count(database, "tickets") == 0
    assert (await post(anna)).status_code == 201


async def test_a_killed_connection_is_made_anew(
    anna: AsyncClient, app: FastAPI, database: Database
) -> None:
    await post(anna)
    raw = runtime_of(app).resource(TicketBatcher).lanes[0].connection
    assert raw
    raw.terminate()
    assert (await post(anna)).status_code == 201


async def test_a_full_queue_says_when_to_come_back(
    anna: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_batcher, "MAX_QUEUED_TICKETS", 2)
    answers = await asyncio.gather(*(post(anna) for _ in range(20)))
    assert {one.status_code for one in answers} == {201, 503}
    assert all(one.headers["retry-after"] for one in answers if one.status_code == 503)


async def test_who_goes_away_does_not_undo_the_commit(
    anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()
    real = store.insert_batch

    async def held(raw: store.RawConnection, openings: list[store.NewTicketRows]) -> object:
        reached.set()
        await go_on.wait()
        return await real(raw, openings)

    monkeypatch.setattr(store, "insert_batch", held)
    request = asyncio.create_task(post(anna))
    await reached.wait()
    request.cancel()
    go_on.set()
    monkeypatch.setattr(store, "insert_batch", real)
    assert (await post(anna)).status_code == 201
    assert await count(database, "tickets") == 2
