"""Connections to others: bounded, and to nobody who has not proven who they are."""

from typing import Final

import httpx

from common.outbound_tls import trusted_by_https
from console.settings import ConsoleSettings

LIMITS: Final = httpx.Limits(max_connections=200, max_keepalive_connections=50)


def open_client(
    settings: ConsoleSettings, transport: httpx.AsyncBaseTransport | None, timeout_s: float
) -> httpx.AsyncClient:
    """Return a client that believes the public authorities and those of OPSDESK_HTTPS_CA_FILE."""
    trusted = trusted_by_https(settings.https_ca_file)
    return httpx.AsyncClient(transport=transport, timeout=timeout_s, limits=LIMITS, verify=trusted)
