"""J10: a switch dies and ten thousand alerts come in: a few tickets, and all of them end."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from common.persistence.ids import uuid7
from opsdesk.api_client import JSON
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext

ALERTS, GROUPS, ALERTS_PER_POST = 10_000, 20, 100
SCOPES = (
    {"customer": "acme", "environment": "acme-prod"},
    {"customer": "acme", "environment": "acme-staging"},
    {"customer": "brightwater", "environment": "brightwater-prod"},
)
POSTS_AT_ONCE = 8
REPEAT_S = 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J10. `tickets` are those that the storm opened, as they were while it lasted; `firing` is how many
    alerts fired then, by intake's own list."""

    sent: int
    effects: dict[str, int]
    firing: int
    tickets: list[JSON]
    end_effects: dict[str, int]
    still_firing: list[JSON]


async def play(context: JourneyContext, alerts: int = ALERTS) -> Result:
    at = await context.settle()
    storm = list(_alerts(alerts, at))
    context.say(f"The monitoring reports {alerts:,} alerts of {GROUPS} kinds at once.")
    answers = await _post(context, storm)
    keys = sorted({one["ticket"] for one in answers})
    tickets = [await steps.get_ticket(context, key) for key in keys]
    context.say(f"All of them are on {len(tickets)} tickets:")
    for one in tickets[-3:]:
        context.say(f"  {one['key']} {one['title']} ({one['priority']})")
    listed = context["anna"].items("intake", "/v1/alerts", firing="true")
    firing = [one async for one in listed]
    ended = await _post(context, [one | {"status": "resolved"} for one in storm])
    still_firing = await context["anna"].get("intake", "/v1/alerts", firing=True)
    context.say(f"The switch is replaced: {len(still_firing['items'])} alerts fire any more.")
    for key in keys:
        await steps.act(context, "anna", key, "resolve", resolution="The switch is replaced.")
        await steps.act(context, "omar", key, "verify")
    context.say("anna resolves the tickets, omar verifies them.")
    await context.settle()
    return Result(
        alerts,
        _count_effects(answers),
        len(firing),
        tickets,
        _count_effects(ended),
        still_firing["items"],
    )


def _alerts(count: int, at: datetime) -> Iterator[JSON]:
    run = uuid7().hex[-8:]
    for number in range(count):
        labels: Mapping[str, str] = SCOPES[number % len(SCOPES)]
        yield {
            "status": "firing",
            "labels": {
                **labels,
                "alertname": f"Check {number % GROUPS} fails",
                "instance": f"host-{number}",
                "severity": "critical",
            },
            "annotations": {"summary": f"host-{number} cannot be reached"},
            "startsAt": at.isoformat(),
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": f"{run}-{number}",
        }


async def _post(context: JourneyContext, alerts: list[JSON]) -> list[JSON]:
    """Post the alerts as Alertmanager does, grouped by kind; return the effect of each alert."""
    free = asyncio.Semaphore(POSTS_AT_ONCE)
    groups: dict[str, list[JSON]] = {}
    for one in alerts:
        groups.setdefault(one["labels"]["alertname"], []).append(one)

    async def send(body: JSON) -> JSON:
        return await context["monitor"].post("intake", "/v1/alerts/alertmanager", body)

    async def post(group: str, some: list[JSON]) -> list[JSON]:
        body = {"version": "4", "groupKey": group, "status": "firing", "alerts": some}
        async with free:
            answer = await send(body)
            # Stored, and not read yet, on a machine that has no time: a monitor repeats it.
            while answer["outcome"] == "received":
                await asyncio.sleep(REPEAT_S)
                answer = await send(body)
        return list(answer["alerts"])

    pieces = [
        (group, some[start : start + ALERTS_PER_POST])
        for group, some in groups.items()
        for start in range(0, len(some), ALERTS_PER_POST)
    ]
    posts = await asyncio.gather(*(post(*piece) for piece in pieces))
    return [one for answer in posts for one in answer]


def _count_effects(results: list[JSON]) -> dict[str, int]:
    effects = [str(one["effect"]) for one in results]
    return {effect: effects.count(effect) for effect in set(effects)}
