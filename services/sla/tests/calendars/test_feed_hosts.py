"""Whatever a host is called, and wherever it redirects to: it is asked, or refused by a sentence."""

import pytest

from sla.calendars.feed_client import FeedFetchError
from sla_support.feed_site import (
    HERE,
    fetcher_resolving_to,
    http_response,
    redirect_to,
    running_site,
)


@pytest.mark.parametrize(
    "address",
    [
        "http://b\u00fccher.example:{port}/h.ics",
        "http://xn--bcher-kva.example:{port}/h.ics",
        "http://b\u00fccher\u3002example:{port}/h.ics",
    ],
)
async def test_a_host_with_other_letters_is_asked_by_its_ascii_name(address: str) -> None:
    async with running_site(http_response(b"feed")) as site:
        content = await fetcher_resolving_to(HERE).fetch(address.format(port=site.port))
    assert content == b"feed"
    assert f"host: xn--bcher-kva.example:{site.port}" in site.requests[0].lower()


@pytest.mark.parametrize(
    "address",
    ["http://\u2000.example/", "http://" + "\u00fc" * 64 + ".example/", "http://\u00fc..example/"],
)
async def test_a_name_that_no_host_can_have_is_refused(address: str) -> None:
    with pytest.raises(FeedFetchError):
        await fetcher_resolving_to(HERE).fetch(address)


@pytest.mark.parametrize(
    "answer",
    [
        redirect_to("http://[::1"),
        redirect_to("http://b\u00fc cher..example/"),
        redirect_to("//:99999999/"),
        http_response(b"", status="304 Not Modified"),
        http_response(b"", status="302 Found"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_refused(answer: bytes) -> None:
    async with running_site(answer) as site:
        with pytest.raises(FeedFetchError):
            await fetcher_resolving_to(HERE).fetch(f"http://feed.example:{site.port}/h.ics")
