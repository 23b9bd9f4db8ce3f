"""What the client that fetches feeds refuses."""

import pytest

from sla.calendars.feed_client import FeedFetchError
from sla_support.feed_site import HERE, fetcher_resolving_to


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
