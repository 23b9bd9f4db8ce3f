"""What background loops and routes of one process share. Nothing of the web framework in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeVar, cast

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
    resources: Mapping[type, object] = field(default_factory=lambda: MappingProxyType({}))

    def resource(self, kind: type[R]) -> R:
        """The service's one object of this class. Raises KeyError unless the service makes one."""
        return cast(R, self.resources[kind])


def create_runtime(
    settings: S, database: Database, create_resources: tuple[CreateResource, ...] = ()
) -> Runtime[S]:
    """The runtime of a process, with its resources made."""
    resources = {type(made): made for made in (create(database) for create in create_resources)}
    return Runtime(
        settings,
        database,
        Kafka.from_settings(settings),
        LoopHeartbeat(),
        MappingProxyType(resources),
    )
