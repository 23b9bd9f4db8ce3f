"""Debian's Chromium, driven by Playwright: the browser of the tests that need one."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable")
MISSING: Final = (
    "The browser tests need Chromium: apt-get install chromium (or name one in CHROMIUM)."
)


def find_chromium() -> str:
    """Return where Chromium is. Raises LookupError with one sentence that says how to get it."""
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise LookupError(MISSING)
    return found


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Start Chromium. It has no sandbox of its own: the tests may run as root, and open our pages alone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()
