"""Events of sla about the services that customers buy, on `opsdesk.catalogue`.

A topic of its own: intake needs to know the services, and must not read every event about clocks for
them.
"""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.events.envelope import Event


class ServiceNeed(BaseModel):
    """What a service needs: `at_least` so many of the nodes `any_of` must work.

    A node is `service/…`, `environment/…` or `partner/…` with a key.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    any_of: list[str]
    at_least: int = 1


class ServiceCatalogued(Event):
    """The catalogue entry of a service changed: its whole state. `owner` is a team or a `sub`.

    `sold_to` are keys of customers. `retired`: the service is not offered any more.
    """

    topic: ClassVar[str] = "opsdesk.catalogue"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.service.catalogued.v1"
    is_snapshot: ClassVar[bool] = True

    service_id: UUID
    service: str
    version: int
    name: str
    owner: str
    sold_to: list[str]
    runs_on: list[ServiceNeed]
    retired: bool = False

    def subject(self) -> str:
        return f"service/{self.service_id}"
