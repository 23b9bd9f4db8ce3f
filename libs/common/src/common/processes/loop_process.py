"""The process of a replica that runs timers, relay and consumer, and has the management port.

It is the one that was started, and so the one that gets signals.
"""

import asyncio
import signal
import socket
from collections.abc import Sequence
from typing import Final

import uvloop

from common import telemetry
from common.http import Service
from common.http.connections import connections_per_workload
from common.http.drain import Drain
from common.http.loops import (
    LoopState,
    background_loops,
    create_loop_state,
    start_loops,
    stop_loops,
)
from common.http.management import create_management_app
from common.http.server_config import SHUTDOWN_GRACE_S, management_config
from common.persistence.database import Database
from common.persistence.workload import WRITES
from common.processes.channel import Channel, open_channel
from common.processes.draining_server import UnsignalledServer
from common.processes.fork import ForkedProcess
from common.processes.remote_consumer import consumer_answers
from common.processes.remote_requests import RemoteRequests
from common.processes.request_process import END
from common.processes.silence import TURN, answer_turn
from common.processes.wake_ups import hear_wake_ups
from common.runtime import create_runtime
from common.settings import Settings

KILL_GRACE_S: Final = 5.0
"""Seconds beyond draining and the answering of what runs after which the other process is killed."""
FAILURE: Final = 1

log = telemetry.logger(__name__)


def run_loops(
    service: Service, settings: Settings, listener: socket.socket, requests: ForkedProcess
) -> int:
    """Run the loops until the other process has ended. Returns the exit code of the replica.

    `listener` is the management port's.
    """
    telemetry.configure(service.name, settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(service, settings, listener, requests))


async def _run(
    service: Service, settings: Settings, listener: socket.socket, requests: ForkedProcess
) -> int:
    url = settings.database_url.get_secret_value()
    sizes = connections_per_workload(service, settings)
    database = Database(url, service.schema, WRITES, sizes=sizes)
    state = create_loop_state(service, create_runtime(settings, database, service.resources))
    answers = {**consumer_answers(state.consumer), TURN: answer_turn}
    channel = await open_channel(requests.channel, answers, hear_wake_ups(database))
    end = _End(channel, requests, settings.drain_s)
    tasks = start_loops(background_loops(state))
    beside = _start_beside(state, settings, listener, channel, end)
    try:
        return await end.wait()
    finally:
        await stop_loops(tasks)
        await database.close()
        await asyncio.to_thread(telemetry.flush_traces)
        for task in beside:
            task.cancel()
        await asyncio.wait(beside)


def _start_beside(
    state: LoopState,
    settings: Settings,
    listener: socket.socket,
    channel: Channel,
    end: "_End",
) -> "Sequence[asyncio.Task[None]]":
    """Start what is no loop of the service: the channel, the watch, the management port."""
    remote = RemoteRequests(channel)
    app = create_management_app(state.service.title, remote, state.components, end.drain)
    server = UnsignalledServer(management_config(app, settings))
    return [
        asyncio.create_task(channel.run()),
        asyncio.create_task(remote.watch(end.on_silence)),
        asyncio.create_task(server.serve(sockets=[listener])),
    ]


class _End:
    """The end of the replica: asked for by signals, reached when the other process has ended."""

    def __init__(self, channel: Channel, requests: ForkedProcess, drain_s: float) -> None:
        self.drain = Drain()
        self._channel, self._requests = channel, requests
        self._kill_after_s = drain_s + SHUTDOWN_GRACE_S + KILL_GRACE_S
        self._ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(requests.descriptor, self._ended.set)
        loop.add_signal_handler(signal.SIGTERM, self._on_signal, True)
        loop.add_signal_handler(signal.SIGINT, self._on_signal, False)

    def _on_signal(self, drains: bool) -> None:
        """Say unready, and have the other process end; a second signal ends it at once."""
        if not self.drain.has_begun:
            asyncio.get_running_loop().call_later(self._kill_after_s, self._kill)
        self._channel.tell(END, drains and not self.drain.has_begun)
        self.drain.begin()

    def _kill(self) -> None:
        log.error("requests.do_not_end", then="the process is killed", seconds=self._kill_after_s)
        self._requests.kill()

    def on_silence(self, seconds: float) -> None:
        """End a process that no longer turns: nobody else does where no orchestrator asks whether it lives."""
        log.error(
            "requests.silent",
            seconds=round(seconds),
            then="the process is killed, and the replica ends, to be started anew",
        )
        self._requests.kill()

    async def wait(self) -> int:
        """Wait until the other process has ended. Returns the exit code of the replica."""
        await self._ended.wait()
        asyncio.get_running_loop().remove_reader(self._requests.descriptor)
        code = self._requests.exit_code()
        if self.drain.has_begun and code == 0:
            return 0
        log.error("requests.ended", exit_code=code, then="the replica ends, to be started anew")
        return FAILURE
