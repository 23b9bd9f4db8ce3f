"""The state of an app: one frozen object on `app.state`, for its routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, cast, runtime_checkable

from fastapi import FastAPI

from common.auth.claims import TokenPolicy
from common.auth.jwks import IssuerKeys
from common.auth.role_names import (
    RoleNames,
    ScopeNames,
    parse_role_names,
    parse_scope_names,
)
from common.auth.sign_in import SignInPolicy
from common.auth.tokens import Authenticator
from common.http.authentication import RequestAuthenticator
from common.http.client_address import ClientAddresses
from common.http.limits import RateLimiter
from common.http.service import Component, Service
from common.messaging.catch_up import AppliedEvents
from common.persistence.database import Database
from common.persistence.workload import CALLERS, Workload
from common.runtime import Runtime, create_runtime
from common.settings import Settings


@runtime_checkable
class RunningComponent(Component, Protocol):
    """A component with a loop of its own."""

    async def run(self) -> None:
        """Work until cancelled."""


@dataclass(frozen=True, slots=True)
class AppState:
    """What an app has while it runs.

    `components` are those of this process; `consumer` answers for the replica's, wherever it runs. Where
    no loops run, as in most tests, the one is empty and the other None.
    """

    service: Service
    runtime: Runtime[Any]
    authenticator: Authenticator
    request_authenticator: RequestAuthenticator
    components: Mapping[str, Component] = field(default_factory=lambda: MappingProxyType({}))
    consumer: AppliedEvents | None = None

    def database_for(self, workload: Workload) -> Database:
        """Return the connections of this kind of work, as many as the settings allow."""
        return self.runtime.database.for_workload(workload)


def token_policy(settings: Settings) -> TokenPolicy:
    """Return what tokens must be, as the settings say."""
    return TokenPolicy(
        settings.token_type,
        settings.token_lifetime_s,
        settings.token_id_claim,
        RoleNames(settings.roles_claim, parse_role_names(settings.role_names)),
        ScopeNames(settings.scopes_claim, parse_scope_names(settings.scope_names)),
    )


def attach_state(
    app: FastAPI,
    service: Service,
    settings: Settings,
    database: Database,
    authenticator: Authenticator | None = None,
) -> AppState:
    """Create the state of the app and set it. Called by the lifespan, and by tests."""
    authenticator = authenticator or Authenticator(
        settings.issuer,
        settings.audience,
        IssuerKeys(settings.jwks_url, settings.https_ca_file),
        token_policy(settings),
    )
    request_authenticator = RequestAuthenticator(
        authenticator,
        RateLimiter(settings.requests_per_minute),
        database.for_workload(CALLERS),
        service.resolve_contact,
        ClientAddresses.from_settings(settings.trusted_proxies, settings.forwarded_header),
        SignInPolicy(settings.approval_sign_in_s, tuple((settings.approval_acr or "").split())),
    )
    runtime = create_runtime(settings, database, service.resources)
    return set_state(app, AppState(service, runtime, authenticator, request_authenticator))


def set_state(app: FastAPI, state: AppState) -> AppState:
    """Set the state of the app."""
    app.state.opsdesk = state
    return state


def state_of(app: FastAPI) -> AppState:
    """Return the state of an app that runs: `state_of(request.app)`."""
    return cast(AppState, app.state.opsdesk)


def runtime_of(app: FastAPI) -> Runtime[Any]:
    """Return the runtime of an app, to be annotated with the service's settings:
    `runtime: Runtime[SlaSettings] = runtime_of(request.app)`."""
    return state_of(app).runtime
