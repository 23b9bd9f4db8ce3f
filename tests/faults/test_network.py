"""A network that loses what one side sends, between the services and Kafka or PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.faults.conftest import SECONDS_BEFORE_FAULT, FaultSite, broken_under_load
from tests.faults.network import DIRECTIONS, Direction, Proxies, Proxy, proxied
from tests.faults.site import Site

SHORT_RATE, SHORT_S = 30, 3.0
LONG_RATE, CUT_S = 30, 20.0
"""What proxies in one Python process carry beside the load."""
SECONDS_AFTERWARDS = 10.0


@pytest.fixture(scope="module")
async def proxies(one: FaultSite) -> AsyncIterator[Proxies]:
    async with proxied(one.site) as between:
        yield between


async def test_a_network_cut_in_one_direction_loses_nothing(
    one: FaultSite, proxies: Proxies
) -> None:
    """Four cuts, one after the other: the short form of the runs below."""

    async def cut_all(_: Site) -> None:
        for proxy in (proxies.kafka, proxies.database):
            for direction in DIRECTIONS:
                with proxy.cut(direction):
                    await asyncio.sleep(SHORT_S)

    seconds = SECONDS_BEFORE_FAULT + SHORT_S * 5
    assert await broken_under_load(one, cut_all, "network cut", SHORT_RATE, seconds) == []


@pytest.mark.long
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("server", ["kafka", "database"])
async def test_a_network_cut_for_long_loses_nothing(
    one: FaultSite, proxies: Proxies, server: str, direction: Direction
) -> None:
    proxy: Proxy = getattr(proxies, server)

    async def cut(_: Site) -> None:
        with proxy.cut(direction):
            await asyncio.sleep(CUT_S)

    seconds = SECONDS_BEFORE_FAULT + CUT_S + SECONDS_AFTERWARDS
    name = f"{server}: nothing {direction}"
    assert await broken_under_load(one, cut, name, LONG_RATE, seconds) == []
