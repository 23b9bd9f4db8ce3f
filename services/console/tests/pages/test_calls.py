"""What a page asks of the services: six things at most, and never something for each row."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from console_support.answers import MESSAGE, clock
from console_support.browser import Browser
from console_support.everything import say_everything
from console_support.forecasts import FORECAST_ID
from console_support.people import SignIn
from console_support.promises import CALENDAR_ID, CLOCK_ID
from console_support.services import FakeServices

MOST = 6
ROWS = 40
PAGES = (
    "/",
    "/parts/work",
    "/tickets",
    "/parts/queue",
    "/tickets?q=invoices",
    "/tickets/OPS-7",
    "/tickets/OPS-7/parts/conversation",
    "/tickets/OPS-7/links",
    "/tickets/OPS-7/hand-overs",
    "/tickets/OPS-7/time",
    "/tickets/OPS-7/alerts",
    "/tickets/OPS-7/history",
    "/tickets/OPS-7/do/forward",
    "/tickets/OPS-7/do/assign",
    f"/tickets/OPS-7/clocks/{clock()['id']}/waiver",
    f"/tickets/OPS-7/messages/{MESSAGE}/formatted",
    "/tickets/OPS-7/linked-tickets",
    "/tickets/OPS-7/help",
    "/tickets/OPS-7/parts/help",
    "/mails",
    "/access-requests",
    "/articles",
    "/articles/KB-1",
    "/tickets/new?who=jan",
    "/status",
    "/on-call",
    "/waivers",
    "/waivers/WVR-1",
    "/deliveries",
    "/deliveries/DEL-4",
    "/escalations/ESC-3",
    "/search?q=invoices",
    "/clocks",
    f"/clocks/{CLOCK_ID}",
    "/customers",
    "/customers/acme",
    "/customers/acme/goals",
    "/customers/acme/delivery-manager",
    "/environments/acme-prod",
    "/agreements",
    "/calendars",
    f"/calendars/{CALENDAR_ID}?year=2026",
    "/forecasts",
    f"/forecasts/{FORECAST_ID}",
    "/availability?customer=acme",
    "/outages?state=open",
    "/maintenance",
    "/reports",
    "/leadership-report",
    "/reviews?customer=acme",
    "/review-actions",
    "/refusals",
    "/follow-ups",
    "/emergency-changes",
)


def lengthen(services: FakeServices) -> None:
    """Give every list that has a row so many of it."""
    for asked, answer in list(services.answers.items()):
        if isinstance(answer, httpx.Response) and answer.content:
            data = json.loads(answer.content)
            if isinstance(data, dict) and data.get("items"):
                longer: Mapping[str, Any] = data | {"items": data["items"][:1] * ROWS}
                services.answers[asked] = httpx.Response(200, json=longer, headers=_etag(answer))


def _etag(answer: httpx.Response) -> dict[str, str]:
    return {"etag": answer.headers["etag"]} if "etag" in answer.headers else {}


async def calls_of(browser: Browser, services: FakeServices, path: str) -> list[str]:
    services.seen.clear()
    page = await browser.open(path)
    assert page.status == 200, f"{path}: {page.text[:300]}"
    return sorted(f"{one.service} {one.path}" for one in services.seen)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_for_six_things_at_most_and_for_no_row(
    sign_in: SignIn, services: FakeServices, path: str
) -> None:
    say_everything(services)
    browser = await sign_in("anna")
    asked = await calls_of(browser, services, path)
    assert len(asked) <= MOST
    lengthen(services)
    longer = await calls_of(browser, services, path)
    assert not Counter(longer) - Counter(asked), "something is asked for each row"
