"""How a promise or a due time stands at the moment of a page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

Mark = Literal["broken", "soon", "fine", "paused", "none"]
SOON: Final = timedelta(hours=2)
"""Less than this is left: a person looks at it now."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An open ticket of the person, by the promise that breaks next."""

    key: str
    title: str
    customer: str | None
    environment: str | None
    priority: str | None
    state: str
    waiting_on: str | None
    metric: str | None
    due_at: str | None
    mark: Mark

    @property
    def path(self) -> str:
        return f"/tickets/{self.key}"


def promise(item: Mapping[str, Any], moment: datetime) -> Promise:
    """Return a ticket of a list with its next promise."""
    following = item.get("next_promise") or {}
    return Promise(
        item["key"],
        item["title"],
        item.get("customer"),
        item.get("environment"),
        item.get("priority"),
        item["state"],
        item.get("waiting_on"),
        following.get("metric"),
        following.get("due_at"),
        promise_mark(following, moment),
    )


def promise_mark(following: Mapping[str, Any], moment: datetime) -> Mark:
    """Return how a promise stands: as sla announced it, and by the moment of the page."""
    if not following:
        return "none"
    due = following.get("due_at")
    if following.get("is_breached"):
        return "broken"
    return "paused" if due is None else mark(due, moment)


def mark(due_at: str | None, moment: datetime) -> Mark:
    """Return how urgent something is that is due then."""
    if due_at is None:
        return "none"
    left = datetime.fromisoformat(due_at) - moment
    return "broken" if left <= timedelta() else "soon" if left < SOON else "fine"
