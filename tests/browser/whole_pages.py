"""Pages that are whole: on a busy machine a service may be too slow for a part, and the page says so."""

from typing import Final

from playwright.async_api import Page

MOST_RELOADS: Final = 10
MISSING: Final = "has not answered since"


async def reload_until_whole(page: Page) -> None:
    """Ask for a page again while a part of it is missing, as the page itself says one may."""
    for _ in range(MOST_RELOADS):
        if MISSING not in await page.get_by_role("main").inner_text():
            return
        await page.reload()
