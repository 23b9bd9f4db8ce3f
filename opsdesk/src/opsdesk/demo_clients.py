"""API clients for everybody of the demo company, with tokens of the local issuer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from common.auth.local_issuer import IssuedToken, LocalIssuer
from opsdesk.api_client import ApiClient
from opsdesk.company.demo_data import Identity, read_demo_data
from opsdesk.endpoints import Endpoints
from opsdesk.errors import CliError
from opsdesk.transport import open_http_client

if TYPE_CHECKING:
    from opsdesk.demo_issuer.app import DemoIssuer

CONSOLE_CLIENT: Final = "opsdesk-console"
"""The client_id of the console at the local issuer."""


class DemoClients:
    """API clients by login name: `clients["anna"]`."""

    def __init__(self, endpoints: Endpoints, client: httpx.AsyncClient) -> None:
        self.endpoints = endpoints
        self._client = client
        self._issuer = local_issuer(endpoints)
        self._identities = read_demo_data().identities()
        self._clients: dict[str, ApiClient] = {}

    def __getitem__(self, name: str) -> ApiClient:
        if name not in self._clients:
            self._clients[name] = ApiClient(self._client, self.endpoints, self.token(name))
        return self._clients[name]

    def portal_client(self, address: str) -> ApiClient:
        """Create a client of the portal that speaks for the contact with this mail address."""
        headers = {"On-Behalf-Of": f"mailto:{address}"}
        return ApiClient(self._client, self.endpoints, self.token("portal"), **headers)

    def token(self, name: str) -> str:
        return issue_token(self._issuer, find_identity(self._identities, name)).token


@asynccontextmanager
async def open_demo_clients(endpoints: Endpoints) -> AsyncIterator[DemoClients]:
    async with open_http_client() as client:
        yield DemoClients(endpoints, client)


def local_issuer(endpoints: Endpoints) -> LocalIssuer:
    """Return the local issuer. Raises CliError where there is none, or its key cannot be read."""
    folder = endpoints.issuer
    if folder is None:
        raise CliError(
            "Only the OpsDesk of `make run` has a local issuer; set OPSDESK_TOKEN instead."
        )
    try:
        return LocalIssuer(folder)
    except OSError as error:
        raise CliError(
            f"The local issuer's key in {folder} cannot be read ({error.strerror}); "
            "run this as the user who ran `make run`."
        ) from None


def find_identity(identities: Mapping[str, Identity], name: str) -> Identity:
    if name not in identities:
        raise CliError(f"Nobody is called {name}; there are: {', '.join(sorted(identities))}.")
    return identities[name]


def issue_token(issuer: LocalIssuer, identity: Identity) -> IssuedToken:
    """Issue a token that is valid for a day."""
    return issuer.issue(
        identity.sub,
        name=identity.name,
        email=identity.email,
        roles=identity.roles,
        customer=identity.customer,
        partner=identity.partner,
        scope=identity.scope,
        owner=identity.owner,
    )


def issue_all_tokens(folder: Path) -> dict[str, str]:
    """Issue a token for everybody of the demo company, by login name."""
    issuer = LocalIssuer(folder)
    return {
        name: issue_token(issuer, who).token for name, who in read_demo_data().identities().items()
    }


def create_demo_issuer(folder: Path, redirect_uri: str) -> "DemoIssuer":
    """Create the OpenID provider for the console: everybody of the demo company but machines."""
    from opsdesk.demo_issuer.app import (
        DemoIssuer,
    )  # half a second that other commands need not wait

    data = read_demo_data()
    people = {name: who for name, who in data.identities().items() if who.roles}
    zones = {one["sub"]: one["timezone"] for one in data.entries("people") if "timezone" in one}
    return DemoIssuer(LocalIssuer(folder), people, zones, CONSOLE_CLIENT, redirect_uri)
