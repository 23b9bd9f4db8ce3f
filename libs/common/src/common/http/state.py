"""What the routes of an app work with: settings, database, people, limits, on `app.state`."""

from fastapi import FastAPI

from common.auth.jwks import IssuerKeys
from common.auth.tokens import Authenticator
from common.http.authentication import RequestAuthenticator
from common.http.limits import RateLimiter
from common.http.service import Service
from common.persistence.database import Database
from common.settings import Settings


def attach_state(
    app: FastAPI, settings: Settings, database: Database, authenticator: Authenticator | None = None
) -> None:
    """Give the app what its routes work with. The lifespan does it; tests bring their own."""
    service: Service = app.state.service
    app.state.settings = settings
    app.state.database = database
    app.state.people = authenticator or Authenticator(
        settings.issuer, settings.audience, IssuerKeys(settings.jwks_url)
    )
    app.state.limits = RateLimiter(settings.requests_per_minute)
    app.state.admission = RequestAuthenticator(
        app.state.people, app.state.limits, database, service.resolve_contact
    )
