"""The process of a replica that answers requests."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import uvicorn
import uvloop
from fastapi import FastAPI
from prometheus_client import REGISTRY

from common import telemetry
from common.http import Service, create_app
from common.http.drain import drain_of
from common.http.health import ask_database, troubles_of
from common.http.management import render_document
from common.http.server_config import server_config
from common.http.state import AppState, state_of
from common.persistence.database import Database
from common.persistence.workload import HEALTH
from common.processes.channel import Answer, Channel, answer_with, open_channel
from common.processes.draining_server import DrainingServer
from common.processes.remote_consumer import RemoteConsumer
from common.processes.silence import TURN, answer_turn, wait_for_silence
from common.processes.wake_ups import tell_wake_ups
from common.settings import Settings
from common.simulated_time.routes import routes as simulated_time
from common.telemetry.exposition import to_values

END: Final = "end"
"""News for this process: end, after draining (True) or at once (False)."""

LOOK_S: Final = 1.0
"""Seconds that metrics wait for the database."""
NICENESS: Final = 10
"""How far requests stand behind the loops where the processors are busy: a flood delays no deadline."""

log = telemetry.logger(__name__)


class RequestProcess:
    """What the process does. Made before the fork: the memory of its routes is shared."""

    def __init__(self, service: Service, settings: Settings) -> None:
        extra = [simulated_time] if settings.time_mode == "simulated" else []
        self.app = create_app(service, *extra, join_loops=self._join)
        self._name, self._settings = service.name, settings
        self._channel: Channel | None = None

    def run(self, listener: socket.socket, channel: socket.socket) -> int:
        """Answer requests until the other process says `end`. Returns the exit code."""
        os.nice(NICENESS)
        telemetry.configure(self._name, self._settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._answer(listener, channel))
        return 0

    async def _answer(self, listener: socket.socket, end: socket.socket) -> None:
        config = server_config(self.app, self._settings)
        server = DrainingServer(config, drain_of(self.app), self._settings.drain_s)
        channel = await open_channel(end, _answers(self.app), {END: _end_with(server)})
        self._channel = channel
        listening = asyncio.create_task(channel.run())
        listening.add_done_callback(_end_at_once)
        watching = asyncio.create_task(_end_silent_loops(channel, os.getppid()))
        await server.serve(sockets=[listener])
        listening.remove_done_callback(_end_at_once)
        listening.cancel()
        watching.cancel()

    def _join(self, state: AppState) -> AppState:
        """Connect the requests with the loops of the other process."""
        assert self._channel is not None
        tell_wake_ups(state.runtime.database, self._channel)
        return replace(state, consumer=RemoteConsumer(self._channel))


def _end_with(server: uvicorn.Server) -> Callable[[bool], None]:
    assert isinstance(server, DrainingServer)
    return lambda drains: server.end(at_once=not drains)


def _end_at_once(_: "asyncio.Task[None]") -> None:
    """The other process is gone: nobody sends what is committed here."""
    log.error("loops.gone", then="this process ends, so that both are started anew")
    os._exit(1)


async def _end_silent_loops(channel: Channel, loops: int) -> None:
    """End both processes once that of the loops no longer turns: timers, relay and consumer stand still in it."""
    seconds = await wait_for_silence(channel)
    log.error(
        "loops.silent", seconds=round(seconds), then="both processes are killed, to be started anew"
    )
    if os.getppid() == loops:
        os.kill(loops, signal.SIGKILL)
    # The first process of a container cannot be killed from inside: callers find nobody at least.
    os._exit(1)


class _DatabaseLook:
    """Sets the database's gauge for the metrics: where nobody asks whether a replica is ready, Prometheus does.

    One question at a time; what does not answer in a moment fails by its own time-outs, and shows at the next look.
    """

    def __init__(self) -> None:
        self._asking: asyncio.Task[dict[str, str]] | None = None

    async def take(self, database: Database) -> None:
        asking = self._asking = self._asking or asyncio.create_task(ask_database(database))
        done, _ = await asyncio.wait({asking}, timeout=LOOK_S)
        if done:
            if self._asking is asking:  # two Prometheus servers may look at the same time
                self._asking = None
            asking.result()


def _answers(app: FastAPI) -> Mapping[str, Answer]:
    """Return what the management port asks this process."""

    async def troubles() -> dict[str, str]:
        if not hasattr(app.state, "opsdesk"):
            return {"requests": "is starting"}
        state = state_of(app)
        return troubles_of(state.components) | await ask_database(state.database_for(HEALTH))

    look = _DatabaseLook()

    async def metrics() -> list[Any]:
        if hasattr(app.state, "opsdesk"):
            state = state_of(app)
            troubles_of(state.components)
            await look.take(state.database_for(HEALTH))
        return to_values(REGISTRY.collect())

    async def document(name: Any) -> str:
        return (await asyncio.to_thread(render_document, app, name)).decode()

    return {
        "troubles": answer_with(troubles),
        "metrics": answer_with(metrics),
        "document": document,
        TURN: answer_turn,
    }
