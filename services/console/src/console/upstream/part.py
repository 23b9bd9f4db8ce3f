"""What a service answered when it was asked for a part of a page. Pure values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from console.service_text import ServiceText

ServiceName = Literal["intake", "sla", "escalation", "delivery-gate"]
WhyMissing = Literal["silent", "failed", "busy", "unreadable"]
"""No answer in time or at all; an error of the service; too many requests; nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Here:
    """An answer, as of the real moment `at`. `etag`: of the state that it shows."""

    data: Any
    at: datetime
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """No answer. `since`: the real moment of the first failure in a row. `last`: the last one that is kept."""

    service: ServiceName
    why: WhyMissing
    since: datetime
    last: Here | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """The service answered that it is not there, or not for this person."""

    service: ServiceName
    status: int
    detail: ServiceText


Part = Here | Missing | Denied


def status_of_part(part: Part) -> int:
    """Return the status of a page of which this is the main part."""
    if isinstance(part, Missing):
        return 503
    return part.status if isinstance(part, Denied) else 200


def data_of(part: Part) -> Any | None:
    """Return what is known: the answer, else the last one that was kept, else None."""
    if isinstance(part, Here):
        return part.data
    if isinstance(part, Missing) and part.last is not None:
        return part.last.data
    return None


def items_of(part: Part) -> list[dict[str, Any]]:
    """Return the items of a list as far as they are known."""
    data = data_of(part)
    items = data.get("items") if isinstance(data, dict) else data
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
