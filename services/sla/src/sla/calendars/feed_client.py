"""Fetches a feed by the address that somebody gave, and lets nobody reach our own network by it.

The name is looked up once; every address that it has must be public, and the connection goes to the
one that was looked at, whatever the name says a moment later. Each redirect is judged anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, gaierror
from ssl import SSLContext
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]

LONGEST: Final = 1024 * 1024
"""Bytes of a feed."""
REDIRECTS: Final = 3
PATIENCE: Final = 8.0
"""Seconds for all of it."""
PORTS: Final = {"http": 80, "https": 443}
_INWARD: Final = tuple(
    map(ip_network, ("fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
"""IPv6 addresses that are our own, or in which an IPv4 address hides."""


class Unfetchable(ValueError):
    """The address is not one that we fetch, or it did not answer with a feed. Says why."""


def public(address: Address) -> bool:
    """Whether an address belongs to the world: not private, loopback, link-local, or a tunnel."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return public(address.ipv4_mapped)
        if any(address in network for network in _INWARD):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int) -> Sequence[Address]:
    """All addresses of a name, as the system knows them. Raises Unfetchable."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError):
        raise Unfetchable(f"the name {host!r} is not known") from None
    return [ip_address(where[0]) for *_, where in found]


class Fetcher:
    """The arguments are there so that a test can stand a server of its own behind a name; what is
    deployed keeps the defaults."""

    def __init__(
        self,
        looks_up: Resolve = resolve,
        allows: Callable[[Address], bool] = public,
        trusts: SSLContext | None = None,
    ) -> None:
        self.looks_up = looks_up
        self.allows = allows
        self.trusts = trusts or True

    async def fetch(self, url: str) -> bytes:
        """The body, at most LONGEST bytes. Raises Unfetchable."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._followed(url)
        except TimeoutError:
            raise Unfetchable(f"it took longer than {PATIENCE:.0f} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as wrong:
            raise Unfetchable(f"it cannot be fetched: {type(wrong).__name__}") from None

    async def _followed(self, url: str) -> bytes:
        # Neither proxies nor passwords of our environment are any business of that address.
        async with httpx.AsyncClient(
            trust_env=False, timeout=PATIENCE, verify=self.trusts
        ) as client:
            for _ in range(REDIRECTS + 1):
                request = await self._pinned(client, url)
                answer = await client.send(request, stream=True)
                try:
                    if not answer.is_redirect:
                        return await _body(answer)
                    url = urljoin(url, answer.headers["location"])
                finally:
                    await answer.aclose()
        raise Unfetchable(f"it redirects more than {REDIRECTS} times")

    async def _pinned(self, client: httpx.AsyncClient, url: str) -> httpx.Request:
        """The request, addressed to the very machine that was found to be public."""
        parts, host, port = _parts(url)
        found = await self.looks_up(host, port)
        if not found or not all(map(self.allows, found)):
            raise Unfetchable(f"{host!r} is no public address")
        numeric = f"[{found[0]}]" if found[0].version == 6 else str(found[0])
        target = parts._replace(netloc=f"{numeric}:{port}", fragment="").geturl()
        named = f"[{host}]" if ":" in host else host
        headers = {
            "Host": named if port == PORTS[parts.scheme] else f"{named}:{port}",
            "Accept": "text/calendar, */*;q=0.1",
            "Accept-Encoding": "identity",
            "User-Agent": "OpsDesk",
        }
        # The certificate must be that of the name, not of the number.
        return client.build_request(
            "GET", target, headers=headers, extensions={"sni_hostname": host}
        )


def _parts(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unfetchable("it is no address") from None
    if parts.scheme not in PORTS or not host:
        raise Unfetchable("give an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise Unfetchable("give an address without a user name in it")
    return parts, host, port or PORTS[parts.scheme]


async def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != 200:
        raise Unfetchable(f"it answered {answer.status_code}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unfetchable("it answered compressed, though it was asked not to")
    body = b""
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > LONGEST:
            raise Unfetchable(f"it is longer than {LONGEST} bytes")
    return body
