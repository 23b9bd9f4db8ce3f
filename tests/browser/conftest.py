"""A whole OpsDesk with the demo company, and people at it in Chromium, who sign in as everybody does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from opsdesk import demo_clients
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as journey_context
from opsdesk.journeys.context import JourneyContext
from opsdesk_local.addresses import Addresses
from opsdesk_local.installation import Installation
from opsdesk_testing.chromium import open_chromium

from .whole import whole_installation

expect.set_options(timeout=30_000)  # a busy machine is slow, and no fault of a page

Desk = Callable[..., Awaitable[Page]]
"""Signs somebody in by name; further keywords are those of Playwright's contexts."""


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running OpsDesk of our own: people here change its time, so nobody else may use it."""
    with whole_installation(tmp_path_factory.mktemp("opsdesk")) as installation:
        yield installation


@pytest.fixture(scope="package")
async def endpoints(installation: Installation) -> Endpoints:
    """The same, with the demo company in it."""
    addresses: Addresses = installation.addresses
    endpoints = Endpoints(addresses.services, addresses.kafka, addresses.issuer, addresses.mail)
    async with asyncio.timeout(120), demo_clients.open_demo_clients(endpoints) as clients:
        await load(clients, read_demo_data(), lambda chapter, entries, new: None)
    return endpoints


@pytest.fixture
async def company(endpoints: Endpoints) -> AsyncIterator[JourneyContext]:
    """The company by its API, for what a journey finds already there."""
    async with journey_context.open_context(endpoints, print) as here:
        yield here


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with open_chromium() as browser:
        yield browser


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Each journey is played once in a browser that runs no scripts."""
    return bool(request.param)


@pytest.fixture
async def desk(
    chromium: Browser, installation: Installation, endpoints: Endpoints
) -> AsyncIterator[Desk]:
    opened: list[BrowserContext] = []
    console = installation.addresses.services["console"]

    async def sign_in(name: str, **how: Any) -> Page:
        how = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | how
        context = await chromium.new_context(base_url=console, **how)
        context.set_default_timeout(60_000)
        opened.append(context)
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_role("link", name=name).click()
        await page.wait_for_url(f"{console}/**")
        return page

    yield sign_in
    for context in opened:
        await context.close()
