"""Ask a linked system over HTTP: to a public address alone, with a bound of time and of bytes."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final

import httpx

from common.outbound_addresses import Address, AddressRefused, Resolver, is_public, pin, resolve
from intake.linked_tickets.accounts import Account
from intake.linked_tickets.domain.peer import PeerRequest

TIMEOUT_S: Final = 10.0
"""Seconds for one request; its lease is longer."""
MAX_ANSWER_BYTES: Final = 1024 * 1024
_OUR_TROUBLE: Final = frozenset({401, 403, 407, 408, 423, 425, 429})
"""Answers that say nothing about this ticket: our account, or the moment. 5xx is one, too."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the system answered: a JSON object, empty where there was none."""

    body: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The answer as text, to look for something in it."""
        return json.dumps(self.body, ensure_ascii=False)


class PeerAway(Exception):
    """It does not answer, or not now: nothing is lost, it is tried again. The message says why."""


class PeerRefused(Exception):
    """It refuses this for good: a person must look at it. The message says why."""


class PeerClient:
    """Asks linked systems. Only tests pass arguments, to serve a name themselves."""

    def __init__(
        self,
        resolver: Resolver = resolve,
        is_allowed: Callable[[Address], bool] = is_public,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self.resolver = resolver
        self.is_allowed = is_allowed
        self.verify = ssl_context or True

    async def ask(self, base_url: str, account: Account, request: PeerRequest) -> Answered:
        """What it answers. Raises PeerAway, PeerRefused. Redirects are not followed."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._ask(base_url.rstrip("/") + request.path, account, request)
        except TimeoutError:
            raise PeerAway(f"it did not answer within {TIMEOUT_S:.0f} seconds") from None
        except AddressRefused as refused:
            raise PeerAway(str(refused)) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise PeerAway(f"it cannot be reached: {type(error).__name__}") from None

    async def _ask(self, url: str, account: Account, request: PeerRequest) -> Answered:
        pinned = await pin(url, self.resolver, self.is_allowed)
        auth = httpx.BasicAuth(account.user, account.password.get_secret_value())
        headers = {
            "Host": pinned.host_header,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "OpsDesk",
        }
        # Proxies and credentials of the environment are not for this URL.
        async with httpx.AsyncClient(
            trust_env=False, timeout=TIMEOUT_S, verify=self.verify
        ) as client:
            sent = client.build_request(
                request.method,
                pinned.url,
                json=request.body,
                headers=headers,
                extensions=dict(pinned.extensions),
            )
            response = await client.send(sent, stream=True, auth=auth)
            try:
                return await _read(response)
            finally:
                await response.aclose()


async def _read(response: httpx.Response) -> Answered:
    status = response.status_code
    if status in _OUR_TROUBLE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PeerAway(f"it answers {status} {_phrase(status)}")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise PeerAway(f"its answer is longer than {MAX_ANSWER_BYTES} bytes")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise PeerRefused(f"it answers {status} {_phrase(status)}")
    if not body:
        return Answered({})
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise PeerAway("its answer is not JSON") from None
    return Answered(answer if isinstance(answer, dict) else {})


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
