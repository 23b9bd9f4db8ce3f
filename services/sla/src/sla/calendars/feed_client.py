"""Fetches a feed from a URL that a user gave, without access to internal networks (SSRF).

The host name is resolved once; all of its addresses must be public, and the connection goes to one
of these, whatever the name resolves to later. Each redirect is checked in the same way.
"""

import asyncio
from collections.abc import Callable
from ssl import SSLContext
from typing import Final
from urllib.parse import urljoin

import httpx

from common.outbound_addresses import (
    Address,
    AddressRefused,
    Resolver,
    is_public,
    pin,
    resolve,
)

MAX_FEED_BYTES: Final = 1024 * 1024
"""The most bytes of a feed."""
MAX_REDIRECTS: Final = 3
FETCH_TIMEOUT_S: Final = 8.0
"""Seconds for the whole fetch, with redirects."""


class FeedFetchError(ValueError):
    """The URL may not be fetched, or did not answer with a feed. The message says why."""


class FeedFetcher:
    """Fetches feeds. Only tests pass arguments, to serve a name themselves."""

    def __init__(
        self,
        resolver: Resolver = resolve,
        is_allowed: Callable[[Address], bool] = is_public,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self.resolver = resolver
        self.is_allowed = is_allowed
        self.verify = ssl_context or True

    async def fetch(self, url: str) -> bytes:
        """The body, of at most MAX_FEED_BYTES bytes. Raises FeedFetchError."""
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                return await self._follow_redirects(url)
        except TimeoutError:
            raise FeedFetchError(f"it took longer than {FETCH_TIMEOUT_S:.0f} seconds") from None
        except FeedFetchError:
            raise
        except AddressRefused as refused:
            raise FeedFetchError(str(refused)) from None
        # ValueError: an address, in a redirect too, that urllib or httpx cannot make sense of.
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise FeedFetchError(f"it cannot be fetched: {type(error).__name__}") from None

    async def _follow_redirects(self, url: str) -> bytes:
        # Proxies and credentials of the environment are not for this URL.
        async with httpx.AsyncClient(
            trust_env=False, timeout=FETCH_TIMEOUT_S, verify=self.verify
        ) as client:
            for _ in range(MAX_REDIRECTS + 1):
                request = await self._pinned_request(client, url)
                response = await client.send(request, stream=True)
                try:
                    if not response.has_redirect_location:
                        return await _read_body(response)
                    url = urljoin(url, response.headers["location"])
                finally:
                    await response.aclose()
        raise FeedFetchError(f"it redirects more than {MAX_REDIRECTS} times")

    async def _pinned_request(self, client: httpx.AsyncClient, url: str) -> httpx.Request:
        """The request, addressed to the IP address that was checked. Raises AddressRefused."""
        pinned = await pin(url, self.resolver, self.is_allowed)
        headers = {
            "Host": pinned.host_header,
            "Accept": "text/calendar, */*;q=0.1",
            "Accept-Encoding": "identity",
            "User-Agent": "OpsDesk",
        }
        return client.build_request(
            "GET", pinned.url, headers=headers, extensions=dict(pinned.extensions)
        )


async def _read_body(response: httpx.Response) -> bytes:
    if response.status_code != 200:
        raise FeedFetchError(f"it answered {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FeedFetchError("it answered compressed, though it was asked not to")
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_FEED_BYTES:
            raise FeedFetchError(f"it is longer than {MAX_FEED_BYTES} bytes")
    return body
