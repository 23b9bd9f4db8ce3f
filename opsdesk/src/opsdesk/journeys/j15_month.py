"""J15: a whole month of two customers, and its reviews: what there is to look at on the demo's papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from opsdesk.api_client import JSON
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.month_operations import MonthOperations
from opsdesk.journeys.month_plan import Calendar, Entry, MonthData, read_month_data
from opsdesk.journeys.month_tickets import Act, MonthTickets

MINUTE = timedelta(minutes=1)
RATES = {"currency": "EUR", "rates": {"standard": 9500}}
ACTION_DAYS = 20
"""For how many days after the month an action of its review is due."""


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J15. Reviews, as staff and customers read them, are by customer."""

    month: str
    tickets: dict[str, str]
    waivers: dict[str, JSON]
    reviews: dict[str, JSON]
    shown: dict[str, JSON]
    pages: dict[str, str]


async def play(context: JourneyContext) -> Result:
    calendar, data = Calendar.after(await context.settle()), read_month_data()
    tickets = MonthTickets(context, calendar)
    operations = MonthOperations(context, calendar)
    acts = [act for entry in data.tickets for act in tickets.acts(entry)]
    await context.advance_to(calendar.begins_at)
    await _set_rates(context, calendar)
    await _play_acts(context, [*acts, *operations.acts(data)])
    context.say(f"{len(tickets.keys)} tickets of {calendar.key} are played; the month goes on.")
    await context.advance_to(calendar.ends_at + MINUTE)
    for entry in data.reviews:
        await _review(context, calendar, entry, data, tickets)
    await context.settle()
    keys = {one["customer"]: f"{one['customer']}-{calendar.key}" for one in data.reviews}
    readers = {"acme": "jan", "brightwater": "britta"}
    return Result(
        calendar.key,
        tickets.keys,
        tickets.waivers,
        {
            name: await context["dana"].get("sla", f"/v1/reviews/{key}")
            for name, key in keys.items()
        },
        {
            name: await context[readers[name]].get("sla", f"/v1/reviews/{key}")
            for name, key in keys.items()
        },
        {
            name: (
                await context[readers[name]].get_response(
                    "sla", f"/v1/reviews/{key}", format="html"
                )
            ).text
            for name, key in keys.items()
        },
    )


async def _play_acts(context: JourneyContext, acts: Sequence[tuple[datetime, Act]]) -> None:
    """Let everything happen at its instant; what is at the same instant, in the given order."""
    for at, together in groupby(sorted(acts, key=lambda one: one[0]), key=lambda one: one[0]):
        await context.advance_to(at)
        for _, act in together:
            await act()


async def _set_rates(context: JourneyContext, calendar: Calendar) -> None:
    """Say what an hour costs, unless that is known."""
    path = "/v1/rate-cards"
    if not [one async for one in context["gina"].items("sla", path)]:
        body = {**RATES, "valid_from": calendar.first.isoformat()}
        await context["gina"].post("sla", path, body)


async def _review(
    context: JourneyContext,
    calendar: Calendar,
    entry: Entry,
    data: MonthData,
    tickets: MonthTickets,
) -> None:
    """Dana explains and words the review, and takes minutes; theo publishes it."""
    key = f"{entry['customer']}-{calendar.key}"
    path, dana = f"/v1/reviews/{key}", context["dana"]
    draft = await dana.get("sla", path)
    entries = {one["title"]: one for one in data.tickets}
    for breach in draft["report"]["breaches"]:
        if breach["waiver"] is None:
            text = tickets.reason_of(breach, entries)
            body = {"clock_id": breach["clock_id"], "text": text}
            await dana.post("sla", f"{path}/breach-comments", body)
    await dana.post("sla", f"{path}/regenerate")
    if words := entry.get("assessment"):
        await dana.put("sla", f"{path}/assessment", {"paragraphs": words})
    await dana.post("sla", f"{path}/minutes", {"text": entry["minutes"]})
    due = (calendar.ends_at + timedelta(days=ACTION_DAYS)).date().isoformat()
    action = {name: entry[name] for name in ("criterion", "owner")}
    await dana.post("sla", f"{path}/actions", {**action, "title": entry["action"], "due": due})
    await context.advance_to(await context.settle() + MINUTE)
    await context["theo"].post("sla", f"{path}/publish")
    context.say(f"theo publishes {key}: opsdesk reviews fetch {key} --format pdf")
