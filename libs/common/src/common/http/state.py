"""What the routes of an app work with: one frozen object on `app.state`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, cast, runtime_checkable

from fastapi import FastAPI

from common.auth.jwks import IssuerKeys
from common.auth.tokens import Authenticator
from common.http.authentication import RequestAuthenticator
from common.http.limits import RateLimiter
from common.http.service import Service
from common.messaging.consumer import Consumer
from common.persistence.database import Database
from common.runtime import Runtime, create_runtime
from common.settings import Settings


class Component(Protocol):
    """A part of a service that readiness asks for."""

    @property
    def trouble(self) -> str | None:
        """Why it does not work at present; None while it does."""


@runtime_checkable
class RunningComponent(Component, Protocol):
    """A component with a loop of its own."""

    async def run(self) -> None:
        """Work until cancelled."""


@dataclass(frozen=True, slots=True)
class AppState:
    """All that an app has while it runs. `components` are empty and `consumer` is None where no
    loops run, as in most tests."""

    service: Service
    runtime: Runtime[Any]
    authenticator: Authenticator
    request_authenticator: RequestAuthenticator
    components: Mapping[str, Component] = field(default_factory=lambda: MappingProxyType({}))
    consumer: Consumer | None = None


def attach_state(
    app: FastAPI,
    service: Service,
    settings: Settings,
    database: Database,
    authenticator: Authenticator | None = None,
) -> AppState:
    """Give the app what its routes work with. The lifespan does it; tests bring their own."""
    authenticator = authenticator or Authenticator(
        settings.issuer, settings.audience, IssuerKeys(settings.jwks_url)
    )
    request_authenticator = RequestAuthenticator(
        authenticator,
        RateLimiter(settings.requests_per_minute),
        database,
        service.resolve_contact,
    )
    runtime = create_runtime(settings, database, service.resources)
    return set_state(app, AppState(service, runtime, authenticator, request_authenticator))


def set_state(app: FastAPI, state: AppState) -> AppState:
    """Put another state in the place of the present one."""
    app.state.opsdesk = state
    _set_former_attributes(app, state)
    return state


def state_of(app: FastAPI) -> AppState:
    """The state of an app that runs: `state_of(request.app)`."""
    return cast(AppState, app.state.opsdesk)


def runtime_of(app: FastAPI) -> Runtime[Any]:
    """The runtime of an app; a service gives it its settings: `r: Runtime[SlaSettings] = …`."""
    return state_of(app).runtime


def _set_former_attributes(app: FastAPI, state: AppState) -> None:
    """For services that have not taken up `state_of` yet: goes with the last of them."""
    app.state.settings, app.state.database = state.runtime.settings, state.runtime.database
    app.state.admission, app.state.people = state.request_authenticator, state.authenticator
    app.state.pending, app.state.deadlines = state.service.pending, state.runtime
