"""Fetches a feed from a URL that a user gave, without access to internal networks (SSRF).

The host name is resolved once; all of its addresses must be public, and the connection goes to one
of these, whatever the name resolves to later. Each redirect is checked in the same way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, gaierror
from ssl import SSLContext
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import idna

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]

MAX_FEED_BYTES: Final = 1024 * 1024
"""The most bytes of a feed."""
MAX_REDIRECTS: Final = 3
FETCH_TIMEOUT_S: Final = 8.0
"""Seconds for the whole fetch, with redirects."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_INTERNAL_NETWORKS: Final = tuple(
    map(ip_network, ("fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
"""IPv6 networks that are internal, or whose addresses embed an IPv4 address."""


class FeedFetchError(ValueError):
    """The URL may not be fetched, or did not answer with a feed. The message says why."""


def is_public(address: Address) -> bool:
    """Whether an address is public: not private, loopback, link-local, multicast or a tunnel."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _INTERNAL_NETWORKS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int) -> Sequence[Address]:
    """All addresses of a host name, by the system's resolver. Raises FeedFetchError."""
    try:
        address_infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError):
        raise FeedFetchError(f"the name {host!r} is not known") from None
    return [ip_address(address[0]) for *_, address in address_infos]


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
        """The request, addressed to the IP address that was checked. Raises FeedFetchError."""
        parts, host, port = _split_url(url)
        addresses = await self.resolver(host, port)
        if not addresses or not all(map(self.is_allowed, addresses)):
            raise FeedFetchError(f"{host!r} is not a public address")
        numeric = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
        target = parts._replace(netloc=f"{numeric}:{port}", fragment="").geturl()
        bracketed_host = f"[{host}]" if ":" in host else host
        headers = {
            "Host": bracketed_host
            if port == DEFAULT_PORTS[parts.scheme]
            else f"{bracketed_host}:{port}",
            "Accept": "text/calendar, */*;q=0.1",
            "Accept-Encoding": "identity",
            "User-Agent": "OpsDesk",
        }
        # The certificate must be that of the host name, not of the IP address.
        return client.build_request(
            "GET", target, headers=headers, extensions={"sni_hostname": host}
        )


def _split_url(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise FeedFetchError("it is not a valid address") from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise FeedFetchError("give an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise FeedFetchError("give an address without a user name in it")
    return parts, _to_ascii(host), port or DEFAULT_PORTS[parts.scheme]


def _to_ascii(host: str) -> str:
    """The host as it stands in headers and certificates (RFC 5891). Raises FeedFetchError."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        raise FeedFetchError(f"{host!r} cannot be the name of a host") from None


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
