"""Fixtures: the console at a port of this machine, and Chromium."""

import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, expect

from common.persistence.database import Database
from console.settings import ConsoleSettings
from console_support.everything import say_everything
from console_support.people import start_session
from console_support.served import Look, Watched, free_socket, serve
from console_support.services import FakeServices
from opsdesk_testing.chromium import open_chromium

expect.set_options(timeout=30_000)  # a busy machine is slow, and no fault of a page


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with open_chromium() as browser:
        yield browser


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    with free_socket() as bound:
        yield bound


@pytest.fixture
def origin(bound: socket.socket) -> str:
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def settings(settings: ConsoleSettings, origin: str) -> ConsoleSettings:
    """Where the browser finds the console: forms of another origin are not taken."""
    return settings.model_copy(update={"console_url": origin})


@pytest.fixture
async def served(
    app: FastAPI, services: FakeServices, bound: socket.socket
) -> AsyncIterator[FastAPI]:
    say_everything(services)
    async with serve(app, bound):
        yield app


@pytest.fixture
async def look(
    chromium: Browser, served: FastAPI, database: Database, origin: str
) -> AsyncIterator[Look]:
    """Open a browser in which somebody is signed in; further keywords are those of Playwright's contexts."""
    opened: list[BrowserContext] = []

    async def looked(sub: str = "anna", **how: Any) -> Watched:
        how = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | how
        context = await chromium.new_context(**how)
        opened.append(context)
        name = await start_session(served, database, sub)
        await context.add_cookies([{"name": "opsdesk", "value": name, "url": origin}])
        return await Watched.open(context, origin)

    yield looked
    for context in opened:
        await context.close()
