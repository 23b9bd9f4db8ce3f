"""Who asks, as an address: the other end of the connection, or whom a trusted proxy names.

What a header says is believed only as far as trusted proxies wrote it: read from its end, the first
address that is no such proxy is the caller's.
"""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

Network = IPv4Network | IPv6Network
UNKNOWN: Final = "?"
IPV6_NETWORK_BITS: Final = 64
"""A caller with IPv6 has a whole network of this size, and so as many addresses as he likes."""

_FOR: Final = re.compile(r'(?:^|;)\s*for="?([^";,]{1,64})"?', re.IGNORECASE)


class ClientAddresses:
    """Finds the address of a caller. `header` is the lower-case name of what the proxies write."""

    def __init__(self, trusted: Iterable[str] = (), header: str = "x-forwarded-for") -> None:
        self._trusted: Sequence[Network] = tuple(map(ip_network, trusted))
        self._header = header.encode()

    @classmethod
    def from_settings(cls, proxies: str, header: str) -> "ClientAddresses":
        """Read the networks of proxies with commas between them."""
        return cls(filter(None, map(str.strip, proxies.split(","))), header)

    def of(self, scope: Scope) -> str:
        """Return the caller's address; of IPv6 its network. `?` where the connection has none."""
        client = scope.get("client")
        peer = client[0] if client else UNKNOWN
        if self._trusted and self._is_trusted(peer):
            return self._forwarded(scope, peer)
        return _network_of(peer)

    def _forwarded(self, scope: Scope, peer: str) -> str:
        nearest = peer
        values = [value for name, value in scope["headers"] if name == self._header]
        for step in reversed(",".join(str(value, "latin-1") for value in values).split(",")):
            address = self._address_in(step)
            if address is None:
                break  # nothing, or what is no address: whoever wrote it, the hop before it is known
            nearest = address
            if not self._is_trusted(address):
                break
        return _network_of(nearest)

    def _address_in(self, step: str) -> str | None:
        if self._header == b"forwarded":
            found = _FOR.search(step)
            step = found[1] if found else ""
        return _without_port(step.strip())

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped  # a socket for both families shows IPv4 so
        return any(parsed in network for network in self._trusted)


def _without_port(text: str) -> str | None:
    """Return the address in `192.0.2.1:80`, `[2001:db8::1]:80` or one of these without a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _network_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), IPV6_NETWORK_BITS), strict=False))
