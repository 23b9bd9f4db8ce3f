"""The description of a service, from which `create_app` makes its app."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.types import Scope

from common.auth.caller import ResolveContact
from common.http.known_keys import References
from common.messaging.inbox import Handlers
from common.persistence.database import Connection
from common.persistence.sequenced import NumberSequence, Subjects
from common.persistence.workload import Workload
from common.retention import Retention
from common.runtime import CreateResource, Runtime
from common.scheduling.deadlines import Timers
from common.settings import Settings

Loop = Callable[[Runtime[Any]], Awaitable[None]]
"""Runs as long as the service does; restarted after a pause when it raises."""


class Component(Protocol):
    """A part of a service that `/health/ready` reports on."""

    @property
    def trouble(self) -> str | None:
        """Why it does not work at present; None while it does."""


class ServiceComponent(Component, Protocol):
    """A part of one service that runs beside the timers, and on which `/health/ready` reports."""

    async def run(self) -> None:
        """Work until cancelled."""


CreateComponent = Callable[[Runtime[Any]], ServiceComponent]
Pending = Callable[[Connection], Awaitable[int]]
FindToken = Callable[[Scope], bytes | None]
IsInvited = Callable[[Scope], bool]


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `name` is its event source and Kafka group, `schema` its database schema.

    `settings` is a class: the values are read when the service starts. `pending` counts effects
    that are stored and not carried out yet, such as notifications. `fast_routes` are matched before
    `routers` and served without FastAPI (see `common.http.fast_routes`). `resources` are created
    with the app, one object each (see `common.runtime.Runtime.resource`); `request_components` names those of them, as
    the requests have them, on which `/health/ready` reports. `loops` run in the
    process of timers and relay, `request_loops` in that of the requests. `components` run where `loops`
    do, and `/health/ready` names what troubles them. `body_limits` maps a path
    prefix to its own limit in bytes; with `discarded_bytes` its routes say themselves that a body is too large, once so
    many bytes more were thrown away (see `BodyLimit`). `find_token` finds a token that is not shown as everybody's
    is, as the header that it would be. `is_invited` says of a request without a token that we asked for it ourselves, as
    by a signed link: it is answered, whatever else comes from its address. `workloads` are the service's own kinds of work with the
    database, beside those of every service. `references`: which column knows the keys that marked
    fields name (see `common.http.references`). `retentions`: what is deleted once it is old, beside
    what every service deletes (`common.retention`). `sequenced` are the tables with the sequences
    of its own events, by the kind of subject, `numbers` the sequences of its keys: what a restore
    must raise. `guarded_by`: classes of routes that find out by themselves who asks, other than by a bearer
    token; no permission is demanded of these.
    """

    name: str
    schema: str
    title: str
    settings: type[Settings]
    routers: tuple[APIRouter, ...]
    handlers: Handlers = field(default_factory=dict)
    timers: Timers = field(default_factory=dict)
    resources: tuple[CreateResource, ...] = ()
    request_components: Mapping[str, type[Component]] = field(default_factory=dict)
    loops: tuple[Loop, ...] = ()
    components: Mapping[str, CreateComponent] = field(default_factory=dict)
    request_loops: tuple[Loop, ...] = ()
    resolve_contact: ResolveContact | None = None
    find_token: FindToken | None = None
    is_invited: IsInvited | None = None
    pending: Pending | None = None
    fast_routes: tuple[Route, ...] = ()
    body_limits: Mapping[str, int] = field(default_factory=dict)
    discarded_bytes: int = 0
    workloads: tuple[Workload, ...] = ()
    references: References = field(default_factory=dict)
    retentions: tuple[Retention, ...] = ()
    sequenced: Subjects = field(default_factory=dict)
    numbers: tuple[NumberSequence, ...] = ()
    guarded_by: tuple[type[APIRoute], ...] = ()

    @property
    def module(self) -> str:
        """Its Python package: `delivery_gate` of `delivery-gate`."""
        return self.name.replace("-", "_")
