"""The first half of a sign-in, as a browser goes it."""

from urllib.parse import parse_qs, urlsplit

from console_support.browser import Browser, Page


def asked_of(page: Page) -> dict[str, str]:
    """Return the parameters with which the issuer was asked."""
    query = parse_qs(urlsplit(page.response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def begin(browser: Browser, then: str = "/tickets/OPS-7") -> dict[str, str]:
    return asked_of(await browser.open(f"/sign-in?then={then}"))
