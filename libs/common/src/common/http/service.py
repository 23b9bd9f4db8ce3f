"""What a service is made of: everything that `create_app` needs to know."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from common.auth.caller import ResolveContact
from common.messaging.inbox import Handlers
from common.persistence.database import Connection
from common.runtime import CreateResource, Runtime
from common.scheduling.deadlines import Timers
from common.settings import Settings

Loop = Callable[[Runtime[Any]], Awaitable[None]]
"""Runs for as long as the service does; started anew, after a pause, when it raises."""
Background = Callable[[FastAPI], Awaitable[None]]
"""The same as services had it: goes with the last of them."""

Pending = Callable[[Connection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Service:
    """One of the four. `name` is the event source and the Kafka group, `schema` the database's.

    `settings` is the class: they are read when the service starts, not when it is described.
    `pending` counts effects that are written and not done yet (notifications, leases).
    `fast_routes` are matched before `routers` (the hot path, served without FastAPI's machinery).
    `resources` are made when the app is, one object each: see `common.runtime.Runtime.resource`.
    `body_limits` maps a path prefix to its own limit in bytes.
    """

    name: str
    schema: str
    title: str
    settings: type[Settings]
    routers: tuple[APIRouter, ...]
    handlers: Handlers = field(default_factory=dict)
    timers: Timers = field(default_factory=dict)
    resources: tuple[CreateResource, ...] = ()
    loops: tuple[Loop, ...] = ()
    background: tuple[Background, ...] = ()
    resolve_contact: ResolveContact | None = None
    pending: Pending | None = None
    fast_routes: tuple[Route, ...] = ()
    body_limits: Mapping[str, int] = field(default_factory=dict)
    pool_size: int = 10
