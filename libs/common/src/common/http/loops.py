"""The background loops of a replica: relay, consumer, timers, sealer and the service's own.

They need no web framework and no request, so that they may run in a process of their own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, cast

from aiokafka.errors import KafkaError

from common.audit.sealer import Sealer
from common.http.service import Component, Service
from common.http.state import RunningComponent
from common.messaging.consumer import Consumer
from common.messaging.deployment_identity import (
    verify_deployment,
    verify_forever,
    wait_until_verified,
)
from common.messaging.queue_metrics import collect_forever
from common.messaging.relay import Relay
from common.persistence.database import Database
from common.persistence.errors import describe_error
from common.persistence.workload import CONSUMER, LOOPS, TIMERS, Workload
from common.report_watch import watch_forever
from common.restoration.need import verify_restored
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import TopicsNotReadable
from common.retention import COMMON_RETENTIONS, delete_old_forever
from common.runtime import Runtime
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.telemetry import logger, metrics

log = logger(__name__)

Loop = Callable[[], Awaitable[object]]

INITIAL_RESTART_DELAY_S = 0.5
MAX_RESTART_DELAY_S = 30.0
"""Seconds between a loop's failure and its restart: doubled each time, up to this maximum."""
STABLE_AFTER_S = 60.0
"""Seconds of running after which the delay begins small again."""
STOP_TIMEOUT_S = 10.0
"""Seconds that a loop may take to stop."""


@dataclass(frozen=True, slots=True)
class LoopState:
    """What the background loops of a service work with."""

    service: Service
    runtime: Runtime[Any]
    consumer: Consumer
    components: Mapping[str, Component]

    def database_for(self, workload: Workload) -> Database:
        """Return the connections of this kind of work."""
        return self.runtime.database.for_workload(workload)


def create_loop_state(service: Service, runtime: Runtime[Any]) -> LoopState:
    """Create the components that run in every service: relay, consumer, deadlines, sealer."""
    database = runtime.database
    consumer = Consumer(
        database.for_workload(CONSUMER), runtime.kafka, service.name, service.handlers
    )
    scheduler = DeadlineScheduler(
        database.for_workload(TIMERS), service.timers, consumer.is_behind, runtime.heartbeat
    )
    components: dict[str, Component] = {
        "relay": Relay(database, runtime.kafka),
        "consumer": consumer,
        "deadlines": scheduler,
        "sealer": Sealer(database),
    }
    for name, create in service.components.items():
        components[name] = create(runtime)
    return LoopState(service, runtime, consumer, MappingProxyType(components))


def background_loops(state: LoopState) -> Iterator[tuple[str, Loop]]:
    """Yield every background loop with its name, in the order of starting."""
    database = state.database_for(LOOPS)
    runtime = replace(state.runtime, database=database)
    retentions = (*COMMON_RETENTIONS, *state.service.retentions)
    yield "retention", partial(delete_old_forever, database, runtime.settings, retentions)
    yield "queues", partial(collect_forever, database, tuple(state.service.timers))
    yield "reports", partial(watch_forever, database)
    yield "deployment", partial(verify_forever, deployment_check(state))
    for name, component in state.components.items():
        if isinstance(component, Relay):
            yield name, partial(relay_when_verified, state, component)
        else:
            yield name, cast(RunningComponent, component).run
    for loop in state.service.loops:
        yield loop.__name__, partial(loop, runtime)


def deployment_check(state: LoopState) -> Loop:
    """Return the check that the service's Kafka group is its database's."""
    runtime, topics = state.runtime, state.consumer.topics
    database = state.database_for(LOOPS)
    return partial(verify_deployment, database, runtime.kafka, state.service.name, topics)


async def relay_when_verified(state: LoopState, relay: Relay) -> None:
    """Send events once the Kafka group is known to be this database's; the consumer checks it itself.

    Nothing is sent either before `restored` has run where it must: a start without Kafka could not ask.
    """

    def report(reason: str) -> None:
        relay.troubles.report("start", reason)

    await wait_until_verified(deployment_check(state), report)
    await wait_until_verified(partial(check_restored, state), report)
    await relay.run()


async def check_restored(state: LoopState) -> None:
    """Raise RestorationNeeded; what cannot be read holds nothing up, as only its partition is sick."""
    own = OwnHistory.of(state.service.name, state.service.sequenced)
    try:
        await verify_restored(state.database_for(LOOPS), state.runtime.kafka, own)
    except (KafkaError, TopicsNotReadable, TimeoutError) as error:
        log.warning("restoration.unverified", error=describe_error(error))


def start_loops(loops: Iterable[tuple[str, Loop]]) -> "list[asyncio.Task[None]]":
    """Start loops, each supervised, in their order."""
    return [asyncio.create_task(supervise(name, loop), name=name) for name, loop in loops]


async def stop_loops(tasks: "list[asyncio.Task[None]]") -> None:
    """Stop loops. The last one started stops first: consumers and timers before the relay."""
    for task in reversed(tasks):
        await stop_loop(task)


async def supervise(name: str, loop: Loop) -> None:
    """Run a loop until it ends; when it fails, log the error and restart it after a pause."""
    pause = INITIAL_RESTART_DELAY_S
    metrics.BACKGROUND_RESTARTS.labels(name)  # from 0 on: the first restart is seen as one
    clock = asyncio.get_running_loop()
    while True:
        started_at = clock.time()
        try:
            await loop()
            return
        except asyncio.CancelledError:
            # A library's own task was cancelled, not this one: the loop must not end silently.
            if (current_task := asyncio.current_task()) is None or current_task.cancelling():
                raise
            log.exception("loop.failed", loop=name)
        except Exception:
            log.exception("loop.failed", loop=name)
        metrics.BACKGROUND_RESTARTS.labels(name).inc()
        if clock.time() - started_at > STABLE_AFTER_S:
            pause = INITIAL_RESTART_DELAY_S
        await asyncio.sleep(pause)
        pause = min(MAX_RESTART_DELAY_S, pause * 2)


async def stop_loop(task: "asyncio.Task[None]") -> None:
    """Cancel a loop and wait for its end, at most STOP_TIMEOUT_S seconds."""
    task.cancel()
    await asyncio.wait([task], timeout=STOP_TIMEOUT_S)
    if not task.done():
        log.error("loop.does_not_stop", loop=task.get_name())
