"""How many connections to PostgreSQL one replica of a service opens at most, per kind of work.

Its two processes share them: each kind of work is done in one of the two, and of the loops each one uses
one connection in the process where it runs.
"""

from typing import Final

from common.http.service import Service
from common.persistence.workload import (
    CALLERS,
    CONSUMER,
    HEALTH,
    LEASES,
    LISTS,
    LOOPS,
    READS,
    TIMERS,
    WRITES,
)
from common.settings import Settings

COMMON_LOOPS: Final = 4
"""Revocations, expired keys, gauges of the queues, reports that run too long."""


def connections_per_workload(service: Service, settings: Settings) -> dict[str, int]:
    """Return the bound of each kind of work by its name; their sum is what a replica needs."""
    loops = COMMON_LOOPS + len(service.loops) + len(service.request_loops)
    return {
        WRITES.name: settings.write_connections,
        READS.name: settings.read_connections,
        LISTS.name: settings.list_connections,
        LOOPS.name: loops,
        **{
            one.name: one.connections
            for one in (CALLERS, HEALTH, CONSUMER, TIMERS, LEASES, *service.workloads)
        },
    }


def describe_connections(service: Service, settings: Settings) -> str:
    """Return the sum and its parts: "36 (writes 10, reads 5, …)"."""
    bounds = connections_per_workload(service, settings)
    parts = ", ".join(f"{name} {number}" for name, number in bounds.items())
    return f"{sum(bounds.values())} ({parts})"
