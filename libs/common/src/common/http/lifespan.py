"""The lifespan of the app: opens the database, runs the loops beside the requests, stops them in order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial

from fastapi import FastAPI

from common.auth.revocation import refresh_forever, refresh_revocations
from common.http.connections import connections_per_workload
from common.http.loops import (
    Loop,
    background_loops,
    create_loop_state,
    start_loops,
    stop_loops,
)
from common.http.service import Component, Service
from common.http.state import AppState, attach_state, set_state
from common.persistence.database import Database
from common.persistence.workload import LOOPS, WRITES
from common.settings import load_settings
from common.telemetry import flush_traces

JoinLoops = Callable[[AppState], AppState]
"""Connects the requests with background loops that run in another process."""


def create_lifespan(
    service: Service, join_loops: JoinLoops | None = None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Create the lifespan of the service's app; without `join_loops` its background loops run here."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = load_settings(service.settings)
        address = settings.database_url.get_secret_value()
        sizes = connections_per_workload(service, settings)
        database = Database(address, service.schema, WRITES, sizes=sizes)
        state = attach_state(app, service, settings, database)
        state = replace(state, components=request_components(state))
        state, loops = add_loops(state) if join_loops is None else (join_loops(state), [])
        set_state(app, state)
        # Before the first request: a token that was revoked must not open a service that starts.
        await refresh_revocations(state.database_for(LOOPS), state.authenticator)
        tasks = start_loops([*request_loops(state), *loops])
        try:
            yield
        finally:
            await stop_loops(tasks)
            await database.close()
            await asyncio.to_thread(flush_traces)

    return lifespan


def request_components(state: AppState) -> dict[str, Component]:
    """Return what requests need in their own process, and `/health/ready` reports on."""
    own = state.service.request_components.items()
    return {
        "keys": state.authenticator.keys,
        **{name: state.runtime.resource(kind) for name, kind in own},
    }


def add_loops(state: AppState) -> tuple[AppState, list[tuple[str, Loop]]]:
    """Add the components of the background loops to the app's. Returns the loops, too."""
    loops = create_loop_state(state.service, state.runtime)
    components = {**state.components, **loops.components}
    state = replace(state, components=components, consumer=loops.consumer)
    return state, list(background_loops(loops))


def request_loops(state: AppState) -> Iterator[tuple[str, Loop]]:
    """Yield the loops that requests need in their own process, in the order of starting."""
    database = state.database_for(LOOPS)
    yield "people", partial(refresh_forever, database, state.authenticator)
    runtime = replace(state.runtime, database=database)
    for loop in state.service.request_loops:
        yield loop.__name__, partial(loop, runtime)
