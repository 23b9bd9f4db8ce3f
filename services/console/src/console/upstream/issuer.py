"""The identity provider, asked by HTTP: what it has, and tokens for a code or a renewal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from httpx import AsyncBaseTransport

from common.telemetry import logger
from console.settings import ConsoleSettings
from console.upstream.connections import open_client

log = logger(__name__)

TIMEOUT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 128 * 1024
REFUSED: Final = range(400, 500)


class IssuerAway(Exception):
    """The issuer does not answer, or not in a way that can be read: the same may succeed later."""


class IssuerRefused(Exception):
    """The issuer answered that this code or renewal is not, or no longer, good."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of an issuer; `end_session` where it has such a page."""

    authorization: str
    token: str
    end_session: str | None


class IssuerClient:
    """Asks the issuer. What discovery says is kept as long as the process lives."""

    def __init__(
        self, settings: ConsoleSettings, transport: AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._client = open_client(settings, transport, TIMEOUT_S)
        self._endpoints: Endpoints | None = None

    async def endpoints(self) -> Endpoints:
        """Return the issuer's addresses, by setting or discovery. Raises IssuerAway."""
        if self._endpoints is None:
            self._endpoints = self._given() or await self._discovered()
        return self._endpoints

    async def tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Ask for tokens. Raises IssuerRefused and IssuerAway."""
        endpoint = (await self.endpoints()).token
        body = {**form, "client_id": self._settings.client_id}
        secret = self._settings.client_secret
        if secret is not None:
            body["client_secret"] = secret.get_secret_value()
        answer = await self._ask("POST", endpoint, body)
        return _object(answer)

    def _given(self) -> Endpoints | None:
        given = self._settings
        if given.authorization_endpoint is None or given.token_endpoint is None:
            return None
        return Endpoints(
            given.authorization_endpoint, given.token_endpoint, given.end_session_endpoint
        )

    async def _discovered(self) -> Endpoints:
        """Read OpenID Connect Discovery 1.0. The document must be of the issuer that was asked."""
        issuer = self._settings.issuer
        document = _object(
            await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        )
        if document.get("issuer") != issuer:
            raise IssuerAway("its discovery names another issuer")
        try:
            return Endpoints(
                str(document["authorization_endpoint"]),
                str(document["token_endpoint"]),
                document.get("end_session_endpoint"),
            )
        except KeyError as missing:
            raise IssuerAway(f"its discovery lacks {missing}") from None

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._client.request(
                method, url, data=form, headers={"Accept": "application/json"}
            )
        except httpx.HTTPError as error:
            raise IssuerAway(type(error).__name__) from error
        if answer.status_code in REFUSED:
            log.warning("issuer.refused", status=answer.status_code, error=_error_code(answer))
            raise IssuerRefused(_error_code(answer))
        if answer.is_error or answer.is_redirect or len(answer.content) > MAX_ANSWER_BYTES:
            raise IssuerAway(f"it answered {answer.status_code}")
        return answer


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        raise IssuerAway("its answer is no JSON") from None
    if not isinstance(value, dict):
        raise IssuerAway("its answer is no object")
    return value


def _error_code(answer: httpx.Response) -> str:
    """Return the `error` of RFC 6749, shortened; nothing else of the answer is repeated."""
    try:
        value = answer.json()
    except ValueError:
        return "unreadable"
    return str(value.get("error"))[:40] if isinstance(value, dict) else "unreadable"
