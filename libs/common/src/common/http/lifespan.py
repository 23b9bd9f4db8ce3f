"""From start to end of a service: opens the database, keeps every loop running, stops in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI

from common.audit.sealer import Sealer
from common.auth.revocation import keep_current
from common.http import idempotency
from common.http.service import Service
from common.http.state import furnish
from common.messaging.consumer import Consumer
from common.messaging.kafka import Kafka
from common.messaging.queue_metrics import watch
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.scheduling.deadline_scheduler import Timekeeper
from common.settings import load
from common.telemetry import flush_traces, logger, metrics

log = logger(__name__)

Loop = Callable[[], Awaitable[None]]

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds between a loop's failure and its new start: doubled each time, up to the longest."""
STEADY = 60.0
"""Seconds of running after which a loop counts as well again."""
PATIENCE = 10.0
"""Seconds that a loop may take to stop."""


def lifespan_of(service: Service) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What runs around serving."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = load(service.settings)
        address = settings.database_url.get_secret_value()
        database = Database(address, service.schema, pool_size=service.pool_size)
        furnish(app, settings, database)
        tasks = [
            asyncio.create_task(supervised(name, loop), name=name)
            for name, loop in loops(app, Kafka.of(settings))
        ]
        try:
            yield
        finally:
            # The last started stops first: what hears and fires before what sends.
            for task in reversed(tasks):
                await stopped(task)
            await database.close()
            await asyncio.to_thread(flush_traces)

    return lifespan


def loops(app: FastAPI, kafka: Kafka) -> Iterator[tuple[str, Loop]]:
    """Everything that runs beside the requests, in the order of starting."""
    service: Service = app.state.service
    database: Database = app.state.database
    app.state.parts["keys"] = app.state.people.keys
    yield "people", partial(keep_current, database, app.state.people)
    yield "idempotency", partial(idempotency.keep_small, database)
    yield "queues", partial(watch, database)
    relay = app.state.relay = Relay(database, kafka)
    consumer = app.state.consumer = Consumer(database, kafka, service.name, service.handlers)
    deadlines = app.state.deadlines = Timekeeper(database, service.timers, consumer.behind)
    parts: dict[str, Any] = {
        "relay": relay,
        "consumer": consumer,
        "deadlines": deadlines,
        "sealer": Sealer(database),
    }
    for name, part in parts.items():
        app.state.parts[name] = part  # what has a `trouble` is part of readiness
        yield name, part.run
    for background in service.background:
        yield background.__name__, partial(background, app)


async def supervised(name: str, loop: Loop) -> None:
    """Run a loop; when it fails, log it and start it anew after a pause. One that ends has ended."""
    pause = FIRST_PAUSE
    clock = asyncio.get_running_loop()
    while True:
        began = clock.time()
        try:
            return await loop()
        except asyncio.CancelledError:
            # A library's own task was cancelled, not this one: that must not end us in silence.
            if (mine := asyncio.current_task()) is None or mine.cancelling():
                raise
            log.exception("loop.failed", loop=name)
        except Exception:
            log.exception("loop.failed", loop=name)
        metrics.BACKGROUND_RESTARTS.labels(name).inc()
        if clock.time() - began > STEADY:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def stopped(task: "asyncio.Task[None]") -> None:
    """Cancel a loop and wait for its end, PATIENCE seconds at most."""
    task.cancel()
    await asyncio.wait([task], timeout=PATIENCE)
    if not task.done():
        log.error("loop.does_not_stop", loop=task.get_name())
