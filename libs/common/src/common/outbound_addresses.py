"""Addresses that people give us to call: none leads into internal networks (SSRF).

A host name is resolved once; all of its addresses must be public, and the connection goes to one of
these, whatever the name resolves to later.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, gaierror
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_INTERNAL_NETWORKS: Final = tuple(
    map(ip_network, ("fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)
"""IPv6 networks that are internal, or whose addresses embed an IPv4 address."""


class AddressRefused(ValueError):
    """The address may not be called. The message says why."""


@dataclass(frozen=True, slots=True)
class PinnedAddress:
    """A URL with the IP address that was checked in place of its host, and what the server needs to know."""

    url: str
    host: str
    host_header: str

    @property
    def extensions(self) -> Mapping[str, str]:
        """Of httpx: the certificate must be that of the host name, not of the IP address."""
        return {"sni_hostname": self.host}


def is_public(address: Address) -> bool:
    """Return whether an address is public: not private, loopback, link-local, multicast or a tunnel."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _INTERNAL_NETWORKS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Return all addresses of a host name, by the system's resolver. Raises AddressRefused."""
    try:
        address_infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError):
        raise AddressRefused(f"the name {host!r} is not known") from None
    return [ip_address(address[0]) for *_, address in address_infos]


async def pin(
    url: str, resolver: Resolver = resolve, is_allowed: Callable[[Address], bool] = is_public
) -> PinnedAddress:
    """Return the URL with an address that was checked. Raises AddressRefused."""
    parts, host, port = split_url(url)
    addresses = await resolver(host, port)
    if not addresses or not all(map(is_allowed, addresses)):
        raise AddressRefused(f"{host!r} is not a public address")
    numeric = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    target = parts._replace(netloc=f"{numeric}:{port}", fragment="").geturl()
    bracketed = f"[{host}]" if ":" in host else host
    is_default = port == DEFAULT_PORTS[parts.scheme]
    return PinnedAddress(target, host, bracketed if is_default else f"{bracketed}:{port}")


def split_url(url: str) -> tuple[SplitResult, str, int]:
    """Return the parts of a URL, its host as it stands in headers, and its port. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused("it is not a valid address") from None
    if parts.scheme not in DEFAULT_PORTS or not host:
        raise AddressRefused("give an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("give an address without a user name in it")
    return parts, _to_ascii(host), port or DEFAULT_PORTS[parts.scheme]


def _to_ascii(host: str) -> str:
    """Return the host as it stands in headers and certificates (RFC 5891). Raises AddressRefused."""
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        raise AddressRefused(f"{host!r} cannot be the name of a host") from None
