"""Planned maintenance: how it stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.promises import Mark


@dataclass(frozen=True, slots=True)
class MaintenancePage:
    """`state`: planned, agreed, cancelled, running or over. `is_own`: the reader announced or moved it."""

    state: str
    mark: Mark
    is_own: bool

    @property
    def may_be_agreed(self) -> bool:
        return self.state == "planned"

    @property
    def may_be_moved(self) -> bool:
        return self.state in {"planned", "agreed"}

    @property
    def may_be_cancelled(self) -> bool:
        return self.state in {"planned", "agreed", "running"}


def maintenance_page(item: Mapping[str, Any], sub: str, moment: datetime) -> MaintenancePage:
    state = state_of(item, moment)
    marks: Mapping[str, Mark] = {"planned": "soon", "agreed": "fine", "running": "soon"}
    is_own = sub in (item["announced_by"], item["moved_by"])
    return MaintenancePage(state, marks.get(state, "none"), is_own)


def state_of(item: Mapping[str, Any], moment: datetime) -> str:
    """Return how maintenance stands at a moment; a time that nobody agreed to counts as downtime."""
    if item["cancelled_at"]:
        return "cancelled"
    if datetime.fromisoformat(item["ends_at"]) <= moment:
        return "over"
    if datetime.fromisoformat(item["starts_at"]) <= moment:
        return "running"
    return "agreed" if item["agreed_at"] else "planned"
