"""What the client that fetches feeds refuses."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from sla.calendars.feed_client import (
    Address,
    FeedFetcher,
    FeedFetchError,
)

HERE = ip_address("127.0.0.1")


def fetcher_resolving_to(*addresses: Address) -> FeedFetcher:
    """Every name stands for these addresses; this machine is allowed, and nothing else is."""

    async def looks_up(host: str, port: int) -> Sequence[Address]:
        try:
            return [ip_address(host)]
        except ValueError:
            return addresses

    return FeedFetcher(looks_up, lambda address: address == HERE)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://acme.example/",
        "gopher://x",
        "acme.example",
        "http://",
        "http://[::1",
        "http://a:b@c/",
        "http://x:99999/",
    ],
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(FeedFetchError):
        await fetcher_resolving_to(HERE).fetch(url)
