"""`make pictures`: photographs the console after the demo month, for the README, into docs/pictures."""

import asyncio
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.async_api import Browser, ViewportSize

from opsdesk import demo_clients
from opsdesk.company.demo_data import read_demo_data
from opsdesk.company.loader import load
from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as journey_context
from opsdesk_local.console import print_line
from opsdesk_local.installation import Installation
from opsdesk_local.state import CLONE
from opsdesk_testing.chromium import open_chromium
from tests.browser.picture_scene import Scene, play
from tests.browser.whole import whole_installation

FOLDER: Final = CLONE / "docs" / "pictures"
VIEW: Final[ViewportSize] = {"width": 1200, "height": 760}
COLOURS: Final = 128
MOST_BYTES: Final = 150_000
ANNA, THEO, QUIN = "Anna de Vries", "Theo Jansen", "Quin Murphy"


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="opsdesk-pictures-") as folder,
        whole_installation(Path(folder), print_line) as installation,
    ):
        asyncio.run(_photograph(installation))


async def _photograph(installation: Installation) -> None:
    addresses = installation.addresses
    endpoints = Endpoints(addresses.services, addresses.kafka, addresses.issuer, addresses.mail)
    async with demo_clients.open_demo_clients(endpoints) as clients:
        await load(clients, read_demo_data(), lambda chapter, entries, new: None)
    async with (
        journey_context.open_context(endpoints, print_line) as company,
        open_chromium() as browser,
    ):
        scene = await play(company)
        FOLDER.mkdir(exist_ok=True)
        for name, (who, path, how) in _pictures(scene).items():
            content = await _picture(browser, addresses.services["console"], who, path, **how)
            (FOLDER / f"{name}.png").write_bytes(content)
            print_line(f"{name}.png: {len(content):,} bytes")


def _pictures(scene: Scene) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Who looks at which page, and how, by the name of the picture."""
    return {
        "my-work": (ANNA, "/", {}),
        "ticket": (ANNA, f"/tickets/{scene.ticket}", {}),
        "status": (THEO, "/status", {}),
        "clock": (ANNA, f"/clocks/{scene.clock}", {}),
        "delivery": (QUIN, f"/deliveries/{scene.delivery}", {}),
        "ticket-dark": (ANNA, f"/tickets/{scene.ticket}", {"color_scheme": "dark"}),
    }


async def _picture(browser: Browser, console: str, who: str, path: str, **how: Any) -> bytes:
    context = await browser.new_context(base_url=console, viewport=VIEW, locale="en-GB", **how)
    try:
        page = await context.new_page()
        await page.goto("/")
        await page.get_by_role("link", name=who).click()
        await page.wait_for_url(f"{console}/**")
        await page.goto(path, wait_until="load")
        return _small(await page.screenshot(animations="disabled"))
    finally:
        await context.close()


def _small(png: bytes) -> bytes:
    """The picture with a palette of its own colours. Raises ValueError where it is still too large for a README."""
    reduced = Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small = BytesIO()
    reduced.save(small, "PNG", optimize=True)
    if small.tell() > MOST_BYTES:
        raise ValueError(f"A picture of {small.tell():,} bytes is too large.")
    return small.getvalue()


if __name__ == "__main__":
    main()
