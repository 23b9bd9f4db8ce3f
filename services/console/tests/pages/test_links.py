"""Every page is reached by links from the first one, and no link leads to an address that no page has."""

from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match

from console.app import SERVICE
from console_support.browser import Browser
from console_support.everything import say_everything
from console_support.people import SignIn
from console_support.services import FakeServices

pytestmark = pytest.mark.thorough

NOT_PAGES = {"/sign-in", "/signed-in", "/assets/{file}", "/favicon.ico", "/{path:path}", "/live"}
"""The stream is opened by the script alone."""
LEADS_ON = (
    "//a/@href|//img/@src|//iframe/@src|//*/@data-part|//form[not(@method='post')]/@action"
    "|//form[@action='/tickets/bulk']/@action"
)
"""Whoever comes back to the address of bulk acts is led to the list."""
MOST_OF_A_ROUTE = 6
"""Calendars and months go on for ever: a page is looked at so often."""
ROUTES = [
    route
    for router in SERVICE.routers
    for route in router.routes
    if isinstance(route, APIRoute) and "GET" in (route.methods or ())
]


def route_of(path: str) -> str:
    """Return the path of the route of an address; the last one knows every address."""
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return next(route.path for route in ROUTES if route.matches(scope)[0] == Match.FULL)


async def walk(browser: Browser) -> dict[str, list[str]]:
    """Follow links, pictures and forms that ask, from the first page. Returns the addresses that were found, by route."""
    waiting = ["/"]
    found: dict[str, list[str]] = {"/": ["/"]}
    while waiting:
        here = waiting.pop(0)
        page = await browser.open(here)
        if "text/html" not in page.response.headers.get("content-type", ""):
            continue
        for link in page.tree.xpath(LEADS_ON):
            target = urlsplit(urljoin(f"http://console.test{here}", link))
            if target.netloc != "console.test":
                continue
            address = target._replace(scheme="", netloc="", fragment="").geturl()
            known = found.setdefault(route_of(target.path), [])
            if address not in known:
                known.append(address)
                waiting += [address] if len(known) <= MOST_OF_A_ROUTE else []
    return found


async def test_every_page_is_reached_by_links(sign_in: SignIn, services: FakeServices) -> None:
    say_everything(services)
    found: set[str] = set()
    for sub in ("dana", "theo"):  # who asks for deliveries, who drafts agreements
        by_route = await walk(await sign_in(sub))
        assert by_route.get("/{path:path}", []) == []
        found |= by_route.keys()
    assert {route.path for route in ROUTES} - NOT_PAGES - found == set()
