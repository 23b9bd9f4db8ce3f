"""What background loops and routes of one process share. Nothing of the web framework in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.settings import Settings

S = TypeVar("S", bound=Settings)
R = TypeVar("R")

CreateResource = Callable[[Database], object]
"""Makes something of which a process has one, such as a cache: usually its class."""


@dataclass(frozen=True, slots=True)
class Runtime(Generic[S]):
    """The running service: its settings, its database, Kafka, and how alive its timers are.

    `resources` are the service's own objects of which a process has one: see `resource`.
    """

    settings: S
    database: Database
    kafka: Kafka
    heartbeat: LoopHeartbeat
    resources: tuple[object, ...] = ()

    def resource(self, kind: type[R]) -> R:
        """The process's one object of this class. Raises LookupError unless the service has one."""
        for resource in self.resources:
            if isinstance(resource, kind):
                return resource
        raise LookupError(f"name {kind.__name__} in `Service.resources` first")


def create_runtime(
    settings: S, database: Database, create_resources: tuple[CreateResource, ...] = ()
) -> Runtime[S]:
    """The runtime of a process, with its resources made."""
    resources = tuple(create(database) for create in create_resources)
    return Runtime(settings, database, Kafka.from_settings(settings), LoopHeartbeat(), resources)
