"""Somebody who is signed in, without the way there."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import FastAPI

from common.http import runtime_of
from common.now import now
from common.persistence.database import Database
from console.sessions import store as sessions
from console.sessions.seal import Seal, Tokens
from console.sessions.store import Limits, Person
from console.settings import ConsoleSettings
from console_support.browser import Browser
from opsdesk_testing.tokens import CONTACTS, STAFF, token

SignIn = Callable[[str], Awaitable[Browser]]
"""Signs somebody in, in the one browser of a test."""
LIMITS = Limits(timedelta(hours=12), timedelta(hours=8))


async def start_session(
    app: FastAPI,
    database: Database,
    sub: str,
    *,
    seconds: int = 600,
    renewal: str = "renewal-0",
    issuer_session: str | None = None,
) -> str:
    """Store a session of somebody of the demo company. Returns what the cookie holds."""
    settings = runtime_of(app).settings
    assert isinstance(settings, ConsoleSettings)
    tokens = Tokens(token(sub, seconds=max(seconds, 60)), renewal, "identity")
    customer = CONTACTS.get(sub)
    roles = ("customer",) if customer else STAFF.get(sub, ())
    name = sessions.new_name()
    async with database.transaction() as tx:
        await sessions.start(
            tx,
            name,
            Person(sub, sub.title(), roles, customer, issuer_session),
            Seal(settings.sealing_keys()).close_tokens(tokens),
            now() + timedelta(seconds=seconds),
            "A browser",
            now(),
            LIMITS,
        )
    return name
