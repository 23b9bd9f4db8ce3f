"""Everybody of the demo company at their desk, for a running OpsDesk that has the local issuer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from common.auth.local_issuer import Issued, LocalIssuer
from opsdesk.api_client import Desk
from opsdesk.company.demo_data import Identity, read_book
from opsdesk.endpoints import Running
from opsdesk.errors import Trouble


class Office:
    """`office["anna"]` is anna's desk; nobody logs in by hand."""

    def __init__(self, running: Running, client: httpx.AsyncClient) -> None:
        self.running = running
        self._client = client
        self._issuer = local_issuer(running)
        self._known = read_book().identities()
        self._desks: dict[str, Desk] = {}

    def __getitem__(self, name: str) -> Desk:
        if name not in self._desks:
            self._desks[name] = Desk(self._client, self.running, self.token(name))
        return self._desks[name]

    def portal(self, address: str) -> Desk:
        """The customer portal, speaking for the contact with this mail address."""
        headers = {"On-Behalf-Of": f"mailto:{address}"}
        return Desk(self._client, self.running, self.token("portal"), **headers)

    def token(self, name: str) -> str:
        return issue(self._issuer, identity(self._known, name)).token


@asynccontextmanager
async def opened(running: Running) -> AsyncIterator[Office]:
    async with httpx.AsyncClient(timeout=30) as client:
        yield Office(running, client)


def local_issuer(running: Running) -> LocalIssuer:
    """Raises Trouble where there is none, or where its key is somebody else's."""
    folder = running.issuer
    if folder is None:
        raise Trouble(
            "Only the OpsDesk of `make run` has a local issuer; set OPSDESK_TOKEN instead."
        )
    try:
        return LocalIssuer(folder)
    except OSError as error:
        raise Trouble(
            f"The local issuer's key in {folder} cannot be read ({error.strerror}); "
            "run this as the user who ran `make run`."
        ) from None


def identity(known: Mapping[str, Identity], name: str) -> Identity:
    if name not in known:
        raise Trouble(f"Nobody here is called {name}; there are: {', '.join(sorted(known))}.")
    return known[name]


def issue(issuer: LocalIssuer, who: Identity) -> Issued:
    """A token that is good for a day."""
    return issuer.issue(
        who.sub,
        name=who.name,
        email=who.email,
        roles=who.roles,
        customer=who.customer,
        scope=who.scope,
    )


def issue_all(folder: Path) -> dict[str, str]:
    """A token for everybody in the book, by login name."""
    issuer = LocalIssuer(folder)
    return {name: issue(issuer, who).token for name, who in read_book().identities().items()}
