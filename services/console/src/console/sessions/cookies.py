"""The cookies of the console: one names the session, one holds a sign-in that has begun."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from console.settings import ConsoleSettings

SESSION: Final = "opsdesk"
ATTEMPT: Final = "opsdesk-try"
ATTEMPT_S: Final = 600
"""Seconds within which somebody comes back from the issuer."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """By https they bear `__Host-` and Secure: no other host, no other path and no plain http sets them."""

    is_secure: bool

    @classmethod
    def of(cls, settings: ConsoleSettings) -> "Cookies":
        return cls(settings.is_secure)

    def name(self, base: str) -> str:
        return f"__Host-{base}" if self.is_secure else base

    def read(self, request: Request, base: str) -> str | None:
        return request.cookies.get(self.name(base))

    def give(self, response: Response, base: str, value: str, max_age_s: int | None = None) -> None:
        """Set a cookie; without `max_age_s` it ends with the browser."""
        response.set_cookie(
            self.name(base),
            value,
            max_age=max_age_s,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response, base: str) -> None:
        response.delete_cookie(
            self.name(base), path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )
