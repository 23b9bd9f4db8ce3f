"""Somebody who asks one service all the while, and counts what came instead of good answers."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx

from common.persistence.ids import uuid7
from tests.faults.site import Site

PAUSE_S = 0.2
"""Seconds between two requests."""

Ask = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]
"""Asks a replica, of which it is given the address."""


def get(path: str) -> Ask:
    async def ask(client: httpx.AsyncClient, url: str) -> httpx.Response:
        return await client.get(url + path)

    return ask


async def _add_product(client: httpx.AsyncClient, url: str) -> httpx.Response:
    key = f"product-{uuid7()}"
    return await client.post(f"{url}/v1/products", json={"key": key, "name": "Product"})


ASKED: dict[str, Ask] = {
    "intake": get("/v1/tickets?limit=20"),
    "sla": get("/v1/clocks?limit=20"),
    "escalation": get("/v1/escalations?limit=20"),
    "delivery-gate": _add_product,
}
"""What is asked of each service; tickets, clocks and cases are written by the load."""


@dataclass
class Asking:
    """Asks the replicas at `urls`, which may change meanwhile, in turn."""

    client: httpx.AsyncClient
    ask: Ask
    urls: list[str]
    refusals: Counter[str] = field(default_factory=Counter)
    answers: int = 0

    @asynccontextmanager
    async def go_on(self) -> AsyncIterator[None]:
        asking = asyncio.create_task(self._ask_for_ever())
        try:
            yield
            assert not asking.done(), "it ended early"
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def _ask_for_ever(self) -> None:
        for number in count():
            try:
                answer = await self.ask(self.client, self.urls[number % len(self.urls)])
            except httpx.TransportError as error:
                self.refusals[type(error).__name__] += 1
            else:
                self.answers += 1
                if not answer.is_success:
                    self.refusals[f"{answer.status_code} {answer.text[:200]}"] += 1
            await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def asking_of(site: Site, name: str, urls: list[str]) -> AsyncIterator[Asking]:
    """Somebody who may ask this service what is asked of it."""
    token = site.token("theo", "tom", "ops")
    if name == "delivery-gate":
        token = site.machine_token("pipeline", "versions:write")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        yield Asking(client, ASKED[name], urls)
