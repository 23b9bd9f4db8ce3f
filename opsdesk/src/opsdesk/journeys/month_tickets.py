"""What happens on the tickets of the month of J15: opened, answered, forwarded, waived, resolved."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from opsdesk.api_client import JSON
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.month_plan import Calendar, Entry
from opsdesk.journeys.support_hours import DAY

Act = Callable[[], Awaitable[object]]
WAIVER_DAYS: Final = 5
"""For how many days after its deadline a waiver would cover a promise."""
CONTACTS: Final = {"acme": "jan@acme.example", "brightwater": "britta@brightwater.example"}
REPLIES: Final = {
    "acme": "Beste Jan,\n\nbedankt voor de melding. Wij zijn ermee bezig.\n\nMet vriendelijke groet,\nAnna",
    "brightwater": "Guten Tag Frau Vogel,\n\ndanke für die Meldung. Wir kümmern uns darum.\n\nMit freundlichen Grüßen\nAnna",
}
HAND_OVER: Final = {
    "to": "partner",
    "partner": "hosthaven",
    "seen": "The application waits for the storage.",
    "tried": "A restart of the application.",
    "excluded": "The database: its load is as ever.",
    "asked": "Find out what is wrong with the storage.",
}
NO_REASON: Final = "Dit hoorde bij een oefening; niemand heeft eraan gewerkt."


@dataclass
class MonthTickets:
    """The tickets by title, as they are opened, and the waivers that are asked for."""

    context: JourneyContext
    calendar: Calendar
    keys: dict[str, str] = field(default_factory=dict)
    waivers: dict[str, JSON] = field(default_factory=dict)

    def acts(self, entry: Entry) -> Iterator[tuple[datetime, Act]]:
        """What happens on a ticket, and when."""
        at = self.calendar.at
        yield at(entry["opened"]), partial(self._open, entry)
        yield at(entry["answered"]), partial(self._answer, entry)
        if forwarded := entry.get("forwarded"):
            yield at(forwarded["at"]), partial(self._forward, entry)
            yield at(forwarded["back"]), partial(self._hand_back, entry)
        if waiver := entry.get("waiver"):
            yield at(waiver["asked"]), partial(self._ask_for_waiver, entry)
            yield at(waiver["decided"]), partial(self._decide_waiver, entry)
        yield at(entry["resolved"]), partial(self._resolve, entry)

    def reason_of(self, breach: JSON, entries: dict[str, Entry]) -> str:
        """Why a promise was broken, as the data says it."""
        return str(entries.get(breach["title"], {}).get("why", NO_REASON))

    async def _open(self, entry: Entry) -> None:
        customer = entry["customer"]
        defaults = {"environment": f"{customer}-prod", "service": "billing", "kind": "incident"}
        names = ("title", "priority", "environment", "service", "kind", "nature")
        body = {name: entry[name] for name in names if name in entry}
        body |= {"customer": customer, "contact": CONTACTS[customer], "channel": "phone"}
        ticket = await self.context["anna"].post("intake", "/v1/tickets", defaults | body)
        self.keys[entry["title"]] = ticket["key"]

    async def _answer(self, entry: Entry) -> None:
        await self._act("anna", entry, "replies", text=REPLIES[entry["customer"]])

    async def _forward(self, entry: Entry) -> None:
        due_at = self.calendar.at(entry["forwarded"]["back"]).isoformat()
        await self._act("anna", entry, "forward", **HAND_OVER, due_at=due_at)

    async def _hand_back(self, entry: Entry) -> None:
        await self._act("anna", entry, "hand-back", found="A disk of the storage was broken.")

    async def _ask_for_waiver(self, entry: Entry) -> None:
        path = f"/v1/tickets/{self.keys[entry['title']]}/clocks"
        clocks = (await self.context["anna"].get("sla", path))["items"]
        # A partner's promise has a clock of its own; only one to a customer is waived.
        own = [one for one in clocks if one["contract"] == "sla"]
        (clock,) = (one for one in own if one["metric"] == "resolution")
        expires_at = steps.parse_instant(clock["deadline"]) + WAIVER_DAYS * DAY
        reason = entry["waiver"]["reason"]
        body = {"clock_id": clock["id"], "reason": reason, "expires_at": expires_at.isoformat()}
        waiver = await self.context["anna"].post("sla", "/v1/waivers", body)
        self.waivers[entry["title"]] = waiver

    async def _decide_waiver(self, entry: Entry) -> None:
        decision = entry["waiver"]["decision"]
        who = "anna" if decision == "withdraw" else "gina"
        body = {} if decision == "approve" else {"reason": "Wij lossen het op tijd op."}
        path = f"/v1/waivers/{self.waivers[entry['title']]['key']}/{decision}"
        self.waivers[entry["title"]] = await self.context[who].post("sla", path, body)

    async def _resolve(self, entry: Entry) -> None:
        await self._act("anna", entry, "resolve", resolution=entry["resolution"])
        await self._act("omar", entry, "verify")
        if minutes := entry.get("work"):
            day = self.calendar.at(entry["resolved"]).date().isoformat()
            body = {"ticket": self.keys[entry["title"]], "minutes": minutes, "day": day}
            await self.context["anna"].post("sla", "/v1/time-entries", body)

    async def _act(self, person: str, entry: Entry, action: str, **body: object) -> None:
        await steps.act(self.context, person, self.keys[entry["title"]], action, **body)
