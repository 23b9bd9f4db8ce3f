"""Who asks for a page: found by the cookie, with a token that the services still take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request

from common.auth.permissions import PARTNER
from common.http import runtime_of, state_of
from common.now import now
from common.persistence.database import Connection, transaction_time
from common.runtime import Runtime
from common.telemetry import logger
from console.language.chosen import Reader, choose_language, choose_zone
from console.look.navigation import Audience
from console.profile import store as profiles
from console.profile.store import Profile
from console.sessions import store as sessions
from console.sessions.cookies import SESSION, Cookies
from console.sessions.forgery import form_token
from console.sessions.seal import Seal, Tokens
from console.sessions.store import Limits, Session
from console.settings import ConsoleSettings
from console.sign_in.flow import Relation, renew
from console.sign_in.signed import NotBelieved
from console.upstream.client import Asker, Upstream
from console.upstream.issuer import IssuerAway, IssuerClient, IssuerRefused
from console.visits.known_sessions import note_stranger, note_visit

log = logger(__name__)

RENEW_BEFORE: Final = timedelta(seconds=60)
"""So long before its end a token is renewed: none that has expired is shown to a service."""


class SignInNeeded(Exception):
    """Nobody is signed in here, or no longer."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The signed-in person with what a page needs: their words and zone, their token, the services."""

    session: Session
    form: str
    profile: Profile
    reader: Reader
    asker: Asker
    upstream: Upstream

    @property
    def is_contact(self) -> bool:
        """Whether it is a customer's contact, who sees what concerns that customer alone."""
        return self.session.person.customer is not None

    @property
    def is_partner(self) -> bool:
        """Whether it is a business partner's person, who sees the partner's own contracts alone."""
        return PARTNER in self.session.person.roles

    @property
    def audience(self) -> Audience:
        return "contact" if self.is_contact else "partner" if self.is_partner else "staff"


async def _visitor(request: Request) -> Visitor:
    return cast(Visitor, request.state.visitor)


Visiting = Annotated[Visitor, Depends(_visitor)]
"""The visitor of a page that asks for a sign-in."""


def settings_of(request: Request) -> ConsoleSettings:
    runtime: Runtime[ConsoleSettings] = runtime_of(request.app)
    return runtime.settings


def upstream_of(request: Request) -> Upstream:
    runtime: Runtime[ConsoleSettings] = runtime_of(request.app)
    return runtime.resource(Upstream).open(runtime.settings)


def seal_of(request: Request) -> Seal:
    return Seal(settings_of(request).sealing_keys())


def limits_of(settings: ConsoleSettings) -> Limits:
    return Limits(timedelta(hours=settings.session_hours), timedelta(hours=settings.idle_hours))


class IssuerClients:
    """The client of the issuer, of which a process has one."""

    def __init__(self, database: object = None) -> None:
        self._client: IssuerClient | None = None

    def open(self, settings: ConsoleSettings, transport: Any = None) -> IssuerClient:
        """Return the client, made at the first call."""
        if self._client is None:
            self._client = IssuerClient(settings, transport)
        return self._client


def relation_of(request: Request) -> Relation:
    """Return the console's relation with its issuer."""
    state = state_of(request.app)
    settings = settings_of(request)
    client = state.runtime.resource(IssuerClients).open(settings)
    return Relation(settings, client, state.authenticator.keys, state.authenticator)


async def arrive(request: Request) -> Visitor:
    """Return who visits. Raises SignInNeeded; IssuerAway where a token has to be renewed and cannot be;
    TooManyRequests where one person asks too often; CustomerEnded for a contact of an ended customer."""
    settings = settings_of(request)
    name = Cookies.of(settings).read(request, SESSION)
    if name is None:
        raise SignInNeeded
    limits = limits_of(settings)
    database = state_of(request.app).runtime.database
    async with database.transaction(all_rows=True) as tx:
        session = await sessions.find(tx, name, now(), limits)
        if session is None:
            note_stranger(request.scope, name)
            raise SignInNeeded
        profile = await profiles.find(tx, session.person.sub)
        moment = await transaction_time(tx)
    note_visit(request.scope, name)
    state_of(request.app).authenticator.revoked.check_customer(session.person.customer)
    await state_of(request.app).request_authenticator.limits.count(session.person.sub)
    if session.access_expires_at - now() < RENEW_BEFORE:
        async with database.transaction(all_rows=True) as tx:
            session = await _renew(tx, request, name, limits)
        if session is None:
            raise SignInNeeded
    tokens = seal_of(request).open_tokens(session.sealed)
    if tokens is None:
        raise SignInNeeded  # the key that sealed them is gone
    reader = reader_of(request, moment, profile, session)
    asker = Asker(session.person.sub, tokens.access, reader.language)
    return Visitor(session, form_token(name), profile, reader, asker, upstream_of(request))


async def _renew(tx: Connection, request: Request, name: str, limits: Limits) -> Session | None:
    """Renew the tokens under the row's lock: the issuer would end the session at a second use.

    Returns None where the issuer refuses: the session is ended. Raises IssuerAway where it does not
    answer and the token has expired.
    """
    session = await sessions.find(tx, name, now(), limits, lock=True)
    if session is None or session.access_expires_at - now() >= RENEW_BEFORE:
        return session
    seal = seal_of(request)
    tokens = seal.open_tokens(session.sealed)
    if tokens is None:
        return None
    try:
        renewed = await renew(relation_of(request), session.person, tokens, now().timestamp())
    except (IssuerRefused, NotBelieved) as reason:
        log.info("session.not_renewed", reason=str(reason))
        await sessions.end(tx, session.id)
        return None
    except IssuerAway:
        if session.access_expires_at > now():
            return session
        raise
    sealed = seal.close_tokens(renewed.tokens)
    await sessions.renew(tx, session.id, renewed.person, sealed, renewed.expires_at)
    return await sessions.find(tx, name, now(), limits)


def reader_of(
    request: Request,
    moment: datetime,
    profile: Profile | None = None,
    session: Session | None = None,
) -> Reader:
    """Return how the page is read: as chosen, else as the issuer says, else as the browser asks."""
    chosen = profile or Profile()
    language, zone = (session.person.language, session.person.zone) if session else (None, None)
    asked = request.headers.get("accept-language")
    return Reader(
        choose_language(chosen.language, language, asked),
        choose_zone(chosen.zone, zone),
        moment,
        moment - now(),
    )


def tokens_of(request: Request, session: Session) -> Tokens | None:
    return seal_of(request).open_tokens(session.sealed)
