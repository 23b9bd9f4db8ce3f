"""Ask a linked system over HTTP: to a public address alone, with a bound of time and of bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from common.outbound_addresses import Address, AddressRefused, Resolver, is_public, pin, resolve
from intake.linked_tickets.accounts import Account
from intake.linked_tickets.domain.peer import Json, PeerRequest
from intake.linked_tickets.file_bodies import FileBody, FileBytes, body_of

TIMEOUT_S: Final = 10.0
"""Seconds for one request; its lease is longer."""
FILE_TIMEOUT_S: Final = 60.0
"""Seconds for one that carries a file, there or back."""
MAX_HOPS: Final = 3
"""Redirects that are followed to the bytes of a file."""
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

    async def ask(
        self, base_url: str, account: Account, request: PeerRequest, file: FileBytes | None = None
    ) -> Answered:
        """What it answers; `file` is what the request carries, if it carries one.

        Raises PeerAway, PeerRefused; for a file also what opening it raises. Redirects are not followed.
        """
        seconds = FILE_TIMEOUT_S if request.carries else TIMEOUT_S
        url, body = base_url.rstrip("/") + request.path, None
        if request.carries and file is not None:
            body = await body_of(request, file)
        with _telling_trouble(seconds):
            async with (
                asyncio.timeout(seconds),
                self._sent(request.method, url, account, seconds, request.body, body) as response,
            ):
                return await _read(response)

    @asynccontextmanager
    async def fetch(
        self, base_url: str, account: Account, address: str, max_bytes: int
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file of theirs, in pieces: at `address`, a path below the base URL or a whole one.

        Redirects are followed, to public addresses; the account is shown to the system's own host alone.
        Raises PeerAway, PeerRefused, also while the bytes are read.
        """
        base = urlsplit(base_url)
        url = urljoin(base_url.rstrip("/") + "/", address.removeprefix("/"))
        with _telling_trouble(FILE_TIMEOUT_S):
            async with asyncio.timeout(FILE_TIMEOUT_S), AsyncExitStack() as stack:
                for _ in range(MAX_HOPS + 1):
                    parts = urlsplit(url)
                    if parts.scheme not in {"https", base.scheme}:
                        raise PeerRefused("its file is at an address without https")
                    own = account if parts.netloc == base.netloc else None
                    response = await stack.enter_async_context(
                        self._sent("GET", url, own, FILE_TIMEOUT_S, accept="*/*")
                    )
                    if not response.has_redirect_location:
                        break
                    url = urljoin(url, response.headers["Location"])
                _check_status(response)
                yield _limited(response, max_bytes)

    @asynccontextmanager
    async def _sent(
        self,
        method: str,
        url: str,
        account: Account | None,
        seconds: float,
        body: Json | None = None,
        file: FileBody | None = None,
        accept: str = "application/json",
    ) -> AsyncIterator[httpx.Response]:
        """The response to a request, whose body is still to be read."""
        pinned = await pin(url, self.resolver, self.is_allowed)
        auth = None
        if account is not None:
            auth = httpx.BasicAuth(account.user, account.password.get_secret_value())
        headers = {
            "Host": pinned.host_header,
            "Accept": accept,
            "Accept-Encoding": "identity",
            "User-Agent": "OpsDesk",
        }
        # Proxies and credentials of the environment are not for this URL.
        async with httpx.AsyncClient(
            trust_env=False, timeout=seconds, verify=self.verify
        ) as client:
            sent = client.build_request(
                method,
                pinned.url,
                json=body,
                content=None if file is None else file.content,
                headers=headers | (dict(file.headers) if file else {}),
                extensions=dict(pinned.extensions),
            )
            response = await client.send(sent, stream=True, auth=auth)
            try:
                yield response
            finally:
                await response.aclose()


@contextmanager
def _telling_trouble(seconds: float) -> Iterator[None]:
    """Say what keeps a request from its answer as PeerAway."""
    try:
        yield
    except TimeoutError:
        raise PeerAway(f"it did not answer within {seconds:.0f} seconds") from None
    except AddressRefused as refused:
        raise PeerAway(str(refused)) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise PeerAway(f"it cannot be reached: {type(error).__name__}") from None


def _check_status(response: httpx.Response) -> None:
    """Raises PeerAway, PeerRefused."""
    status = response.status_code
    if status in _OUR_TROUBLE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PeerAway(f"it answers {status} {_phrase(status)}")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise PeerRefused(f"it answers {status} {_phrase(status)}")


async def _limited(response: httpx.Response, max_bytes: int) -> AsyncIterator[bytes]:
    """The body. Raises PeerRefused where it is longer than `max_bytes`, httpx's errors where it breaks off."""
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > max_bytes:
            raise PeerRefused(f"it is larger than {max_bytes} bytes")
        yield chunk


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
