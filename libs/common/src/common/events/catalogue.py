"""What sla says about the services that customers buy, on `opsdesk.clocks`: whole state each time."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.events.envelope import Event


class ServiceNeed(BaseModel):
    """Of these nodes (`service/…`, `environment/…`, `partner/…`) at least so many must work."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    any_of: list[str]
    at_least: int = 1


class ServiceCatalogued(Event):
    """A service as it is offered from now on. `owner` answers for it: a team's name or a `sub`.

    `sold_to` are the keys of the customers who bought it. `retired`: it is offered no more.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
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
