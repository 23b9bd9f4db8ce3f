"""What the management port shows, and whom it asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from fastapi import FastAPI

from common.http.drain import Drain
from common.http.service import Component

DocumentName = Literal["openapi.json", "plain"]


class RequestSide(Protocol):
    """The side of a replica that answers requests, in this process or in another one."""

    @property
    def silent_s(self) -> float:
        """Seconds since it last showed that its event loop turns."""

    async def troubles(self) -> dict[str, str]:
        """Return what requests need and do not have, by its name; where it does not answer, that."""

    async def metrics(self) -> bytes:
        """Return the metrics of the replica, of its other process, too, as Prometheus reads them."""

    async def document(self, name: DocumentName) -> bytes:
        """Return the API's document, or the page that lists all operations."""


@dataclass(frozen=True, slots=True)
class ManagementState:
    """`components` are those of this process; `requests` answers for its own."""

    requests: RequestSide
    components: Mapping[str, Component]
    drain: Drain


def management_of(app: FastAPI) -> ManagementState:
    """Return the state of a management app."""
    state: ManagementState = app.state.management
    return state
