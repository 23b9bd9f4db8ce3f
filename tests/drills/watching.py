"""Which alerts Prometheus has raised since when, and which of them belong to a drill."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from tests.drills.prometheus import waits_s

GONE_S = 5.0
"""Seconds without being seen after which an alert has ended."""


@dataclass(slots=True)
class Seen:
    """An alert: since when its expression holds, when it was first raised and last seen (Unix time)."""

    name: str
    labels: dict[str, str]
    active_at: float
    last_at: float
    waits_s: float
    runbook: str
    """The file that its `runbook_url` names."""
    raised_at: float | None = None

    @property
    def by_the_rules_at(self) -> float:
        """When the rules as they stand raise it, if what it says lasts for so long."""
        return self.active_at + self.waits_s

    def __str__(self) -> str:
        parts = [
            self.labels[one] for one in ("service", "component", "topic") if one in self.labels
        ]
        return f"{self.name} ({', '.join(parts)})"


class Watch:
    """Looks at all alerts once a second, pending ones too."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._waits = waits_s()
        self.seen: dict[tuple[str, float], Seen] = {}

    async def go_on(self) -> None:
        """Look for ever. Raises httpx.HTTPError where Prometheus does not answer."""
        async with httpx.AsyncClient(timeout=20) as client:
            while True:
                answer = (await client.get(f"{self._url}/api/v1/alerts")).raise_for_status()
                for alert in answer.json()["data"]["alerts"]:
                    self._see(alert, time.time())
                await asyncio.sleep(1)

    def _see(self, alert: dict[str, Any], at: float) -> None:
        active_at = datetime.fromisoformat(alert["activeAt"][:19] + "+00:00").timestamp()
        labels = dict(alert["labels"])
        name = labels.pop("alertname")
        key = (f"{name} {sorted(labels.items())}", active_at)
        page = alert["annotations"]["runbook_url"].rsplit("/", 1)[-1]
        first = Seen(name, labels, active_at, at, self._waits[name], page)
        one = self.seen.setdefault(key, first)
        one.last_at = at
        if alert["state"] == "firing" and one.raised_at is None:
            one.raised_at = at

    def raised(self, name: str, service: str | None, since: float) -> Seen | None:
        """The first alert of that name and service that was raised since then."""
        found = [
            one
            for one in self.seen.values()
            if one.name == name
            and service in {None, one.labels.get("service")}
            and one.raised_at is not None
            and one.raised_at >= since
        ]
        return min(found, key=lambda one: one.raised_at or 0, default=None)

    def stands(self, name: str) -> bool:
        """Whether an alert of that name is there now, raised or about to be."""
        return any(
            one.name == name and one.last_at > time.time() - GONE_S for one in self.seen.values()
        )

    def others(self, expected: Iterable[str], since: float, until: float) -> list[Seen]:
        """The raised alerts, but the expected ones, whose expressions began to hold between the two moments."""
        names = set(expected)
        return [
            one
            for one in self.seen.values()
            if one.raised_at is not None
            and one.name not in names
            and since - 1 <= one.active_at < until
        ]
