"""What one person asks for and another one makes take effect, for every effect of sla that takes two (R1)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import FastAPI

from common.auth import address_digest
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.second_person import TwoPersonRequest
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import (
    ACME,
    AMSTERDAM,
    HOUR,
    NINE,
    announce_customers,
    promise,
    ticket_opened,
)
from sla_support.outage_scenario import acme_on_monday_evening, at
from sla_support.outages import add_outage
from sla_support.waivers import request_for_clock

STANDARD = "/v1/agreements/acme-standard"
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
DAY = timedelta(days=1)
DIGEST = address_digest("puppet@acme.example")
JUNE_REVIEW = "/v1/reviews/acme-2026-06"


@dataclass(frozen=True, slots=True)
class Site:
    """The app on its database, and its callers by name."""

    app: FastAPI
    database: Database

    async def post(self, who: str, path: str, body: Any = None) -> dict[str, Any]:
        async with client(self.app, who) as caller:
            answer = await caller.post(path, json=body)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found | {"location": answer.headers.get("Location", "")}


Scenario = Callable[[Site], Awaitable[TwoPersonRequest]]


async def _next_version(site: Site, *steps: tuple[str, str], **more: Any) -> str:
    body = {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [{"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}],
        "valid_from": NINE.isoformat(),
    }
    drafted = await site.post("theo", "/v1/agreements", body | more)
    for who, step in steps:
        await site.post(who, f"{drafted['location']}/{step}")
    return str(drafted["location"])


async def agreed(site: Site) -> TwoPersonRequest:
    await promise(site.database)
    address = await _next_version(
        site, ("theo", "propose"), ("theo", "approve"), customer_signs=True
    )
    return TwoPersonRequest("theo", "jan", address + "/approve")


async def published(site: Site) -> TwoPersonRequest:
    await promise(site.database)
    address = await _next_version(
        site, ("theo", "propose"), ("theo", "approve"), ("gina", "approve")
    )
    return TwoPersonRequest("theo", "gina", address + "/publish")


async def moved(site: Site) -> TwoPersonRequest:
    await promise(site.database)
    steps = (("theo", "propose"), ("theo", "approve"), ("gina", "approve"), ("gina", "publish"))
    address = await _next_version(site, *steps)
    return TwoPersonRequest("gina", "theo", address + "/move-open-clocks", {"reason": "As agreed"})


async def terminated(site: Site) -> TwoPersonRequest:
    await promise(site.database)
    await site.post("theo", STANDARD + "/termination", {"reason": "They have left us"})
    return TwoPersonRequest("theo", "gina", STANDARD + "/termination/confirm")


async def cover_ended(site: Site) -> TwoPersonRequest:
    await promise(site.database)
    saturday = NINE + 5 * DAY
    times = {"starts_at": saturday.isoformat(), "ends_at": (saturday + 6 * HOUR).isoformat()}
    made = await site.post("theo", STANDARD + "/extensions", {**times, "reason": "A go-live"})
    end = f"{STANDARD}/extensions/{made['id']}/end"
    return TwoPersonRequest("theo", "gina", end, {"reason": "The go-live is over"})


async def _waiver(site: Site) -> str:
    await promise(site.database)
    await deliver(site.database, HANDLERS, (ticket_opened(1), 1))
    async with client(site.app, "theo") as theo:
        return await request_for_clock(site.database, theo)


async def waived(site: Site) -> TwoPersonRequest:
    return TwoPersonRequest(
        "theo", "gina", await _waiver(site) + "/approve", {"reason": "The supplier"}
    )


async def not_waived(site: Site) -> TwoPersonRequest:
    return TwoPersonRequest(
        "theo", "gina", await _waiver(site) + "/refuse", {"reason": "It is ours"}
    )


async def _correction(site: Site) -> str:
    await acme_on_monday_evening(site.database)
    outage = await add_outage(site.database, NINE, NINE + 2 * HOUR, ACME, "acme-prod")
    path = f"/v1/outages/{outage.key}/corrections"
    asked = await site.post("theo", path, {"ended_at": at(1), "reason": "Its clock was wrong"})
    return f"{path}/{asked['id']}"


async def corrected(site: Site) -> TwoPersonRequest:
    return TwoPersonRequest("theo", "gina", await _correction(site) + "/confirm")


async def not_corrected(site: Site) -> TwoPersonRequest:
    return TwoPersonRequest("theo", "gina", await _correction(site) + "/refuse")


async def silenced(site: Site) -> TwoPersonRequest:
    async with client(site.app, "theo") as theo:
        asked = await theo.put("/v1/outage-rules", json={"rules": []})
    assert asked.is_success, asked.text
    return TwoPersonRequest("theo", "gina", "/v1/outage-rules/confirm")


async def calendar_published(site: Site) -> TwoPersonRequest:
    body = AMSTERDAM | {"key": "office"}
    await site.post("theo", "/v1/calendars", body)
    later = await site.post("theo", "/v1/calendars", body | {"holidays": ["2026-06-02"]})
    return TwoPersonRequest("theo", "gina", f"{later['location']}/publish")


async def maintained(site: Site) -> TwoPersonRequest:
    await acme_on_monday_evening(site.database)
    body = {"environment": "acme-prod", "title": "New disks"}
    times = {"starts_at": at(24), "ends_at": at(26)}
    planned = await site.post("theo", "/v1/maintenance", body | times)
    return TwoPersonRequest("theo", "jan", planned["location"] + "/agree", times)


async def _review(site: Site) -> None:
    await announce_customers(site.database, (ACME, "acme"))
    await freeze_time(site.database, JULY)


async def _done_action(site: Site) -> str:
    await _review(site)
    await fire_due(site.database, TIMERS)
    body = {
        "title": "Watch the disk",
        "criterion": "An alert",
        "owner": "anna",
        "due": "2026-07-20",
    }
    action = await site.post("dana", JUNE_REVIEW + "/actions", body)
    await site.post("anna", action["location"] + "/finish", {"evidence": "The alert of Tuesday"})
    return str(action["location"])


async def action_verified(site: Site) -> TwoPersonRequest:
    return TwoPersonRequest("anna", "dana", await _done_action(site) + "/verify")


async def action_sent_back(site: Site) -> TwoPersonRequest:
    why = {"reason": "That was another disk"}
    return TwoPersonRequest("anna", "dana", await _done_action(site) + "/send-back", why)


async def review_published(site: Site) -> TwoPersonRequest:
    await _review(site)
    await site.post("dana", "/v1/reviews", {"customer": "acme", "month": "2026-06"})
    return TwoPersonRequest("dana", "theo", JUNE_REVIEW + "/publish")


SCENARIOS: Final[dict[str, Scenario]] = {
    "approve_agreement": agreed,
    "publish_agreement": published,
    "confirm_termination": terminated,
    "move_open_clocks": moved,
    "end_coverage": cover_ended,
    "approve_waiver": waived,
    "refuse_waiver": not_waived,
    "confirm_correction": corrected,
    "refuse_correction": not_corrected,
    "confirm_outage_rules": silenced,
    "publish_calendar": calendar_published,
    "agree_to_maintenance": maintained,
    "verify_action": action_verified,
    "send_back_action": action_sent_back,
    "publish_review": review_published,
}
