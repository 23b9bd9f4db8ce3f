"""The sessions that this process has seen of late: whoever is signed in is no stranger, whatever else comes from their address.

Requests of nobody are limited by address (`common.http.unknown_callers`), and a whole office shares one.
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import Scope

from common.http.authentication import COUNTED_KEY
from console.sessions.cookies import SESSION, Cookies
from console.settings import ConsoleSettings

MAX_SESSIONS: Final = 20_000
"""The oldest is forgotten: its next page is counted as a stranger's, and not refused for it."""


class KnownSessions:
    """Digests of what their cookies hold. One that has ended meanwhile opens nothing: it is only let through to be asked."""

    def __init__(self, database: object = None) -> None:
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def add(self, name: str) -> None:
        digest = _digest(name)
        self._digests[digest] = None
        self._digests.move_to_end(digest)
        if len(self._digests) > MAX_SESSIONS:
            self._digests.popitem(last=False)

    def forget(self, name: str) -> None:
        self._digests.pop(_digest(name), None)

    def has(self, name: str | None) -> bool:
        return name is not None and _digest(name) in self._digests


def is_known(scope: Scope) -> bool:
    """Whether a request bears the cookie of such a session: it is answered although its address is blocked."""
    runtime = scope["app"].state.opsdesk.runtime
    settings: ConsoleSettings = runtime.settings
    name = HTTPConnection(scope).cookies.get(Cookies.of(settings).name(SESSION))
    known: KnownSessions = runtime.resource(KnownSessions)
    return known.has(name)


def note_visit(scope: Scope, name: str) -> None:
    """Note that somebody is signed in by this name: their request is not one of nobody's."""
    known: KnownSessions = scope["app"].state.opsdesk.runtime.resource(KnownSessions)
    known.add(name)
    scope[COUNTED_KEY] = True


def note_stranger(scope: Scope, name: str) -> None:
    """Note that nobody is, or is any more, signed in by this name."""
    known: KnownSessions = scope["app"].state.opsdesk.runtime.resource(KnownSessions)
    known.forget(name)


def _digest(name: str) -> bytes:
    return sha256(name.encode()).digest()
