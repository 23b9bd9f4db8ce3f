"""What the routes of an app work with: settings, database, people, limits, on `app.state`."""

from fastapi import FastAPI

from common.auth.jwks import IssuerKeys
from common.auth.tokens import People
from common.http.authentication import Admission
from common.http.limits import Limits
from common.http.service import Service
from common.persistence.database import Database
from common.settings import Settings


def furnish(
    app: FastAPI, settings: Settings, database: Database, people: People | None = None
) -> None:
    """Give the app what its routes work with. The lifespan does it; tests bring their own."""
    service: Service = app.state.service
    app.state.settings = settings
    app.state.database = database
    app.state.people = people or People(
        settings.issuer, settings.audience, IssuerKeys(settings.jwks)
    )
    app.state.limits = Limits(settings.requests_per_minute)
    app.state.admission = Admission(
        app.state.people, app.state.limits, database, service.resolve_contact
    )
