"""Outages with their corrections, and planned maintenance, in the month of J15."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from opsdesk.api_client import JSON
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.month_plan import Calendar, Entry, MonthData
from opsdesk.journeys.month_tickets import Act


@dataclass
class MonthOperations:
    """Outages and maintenance by environment, as they are reported and announced."""

    context: JourneyContext
    calendar: Calendar
    keys: dict[str, str] = field(default_factory=dict)
    maintenance: dict[str, tuple[str, JSON]] = field(default_factory=dict)

    def acts(self, data: MonthData) -> Iterator[tuple[datetime, Act]]:
        at = self.calendar.at
        for one in data.outages:
            yield at(one["started"]), partial(self._report, one)
            yield at(one["ended"]), partial(self._end, one)
        for one in data.corrections:
            yield at(one["noticed"]), partial(self._correct, one)
        for one in data.maintenance:
            yield at(one["announced"]), partial(self._announce, one)
            yield at(one["agreed"]), partial(self._agree, one)

    async def _report(self, entry: Entry) -> None:
        body = {name: entry[name] for name in ("environment", "service", "reason")}
        outage = await self.context["anna"].post("sla", "/v1/outages", body)
        self.keys[f"outage {entry['environment']}"] = outage["key"]

    async def _end(self, entry: Entry) -> None:
        path = f"/v1/outages/{self.keys['outage ' + entry['environment']]}"
        await self.context["anna"].post("sla", f"{path}/end", {})

    async def _correct(self, entry: Entry) -> None:
        """Correct the end of the newest outage there, as two people."""
        anna, where = self.context["anna"], (entry["environment"], entry["service"])
        everywhere = [one async for one in anna.items("sla", "/v1/outages")]
        there = [one for one in everywhere if (one["environment"], one["service"]) == where]
        newest = max(there, key=lambda one: str(one["started_at"]))
        path = f"/v1/outages/{newest['key']}/corrections"
        ended_at = self.calendar.at(entry["ended"]).isoformat()
        body = {"ended_at": ended_at, "reason": entry["reason"]}
        asked = await anna.post("sla", path, body)
        await self.context["omar"].post("sla", f"{path}/{asked['id']}/confirm")

    async def _announce(self, entry: Entry) -> None:
        body = {name: entry[name] for name in ("environment", "service", "title")}
        body |= {
            f"{one}_at": self.calendar.at(entry[one]).isoformat() for one in ("starts", "ends")
        }
        announced = await self.context["theo"].post("sla", "/v1/maintenance", body)
        window = {name: announced[name] for name in ("starts_at", "ends_at")}
        self.maintenance[entry["environment"]] = announced["key"], window

    async def _agree(self, entry: Entry) -> None:
        key, window = self.maintenance[entry["environment"]]
        await self.context[entry["by"]].post("sla", f"/v1/maintenance/{key}/agree", window)
