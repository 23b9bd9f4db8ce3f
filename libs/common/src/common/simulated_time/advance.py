"""Moves the time of several services together, from due time to due time, so that everything
fires at its own instant and in order, and nobody has to wait for Monday."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

PATH = "/v1/simulated-time"
ROUND = 0.02
"""Seconds of real time between two looks at all services."""

Progress = Callable[[datetime], None]


class Unsettled(Exception):
    """The services did not come to rest, or one of them refused. Says which, and what it waits for."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where one service stands.

    `unsent`: events, and effects such as notifications, that are written and not yet done;
    `lag`: records not yet taken, None where the service cannot tell; `announced`: how many events it has ever written.
    """

    url: str
    now: datetime
    next_due_at: datetime | None
    unsent: int
    lag: int | None
    announced: int

    def quiet(self) -> bool:
        """Nothing on its way, nothing to take, nothing due."""
        due = self.next_due_at is not None and self.next_due_at <= self.now
        return self.unsent == 0 and self.lag == 0 and not due


async def advance(
    urls: Sequence[str],
    to: datetime | timedelta,
    token: str,
    *,
    frozen: bool = False,
    progress: Progress = lambda at: None,
    patience: float = 60,
    transport: httpx.AsyncBaseTransport | None = None,
) -> datetime:
    """Move all services to `to` (an instant, or a span from now) and leave them there at rest.

    `frozen` leaves time standing still afterwards. `progress` hears every instant at which time
    stopped on the way, the last one included. Raises Unsettled when they have not come to rest
    within `patience` seconds (real time) at one of them. Answers the instant reached.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=patience, transport=transport) as client:
        travel = _Travel(client, urls, patience)
        here = await travel.meet()
        target = here + to if isinstance(to, timedelta) else to
        if target < here:
            raise Unsettled(f"time only moves forwards: it is {here.isoformat()} already")
        while here < target:
            here = await travel.step(here, target)
            progress(here)
        if not frozen:
            await travel.move(target, frozen=False)
        return target


class _Travel:
    def __init__(self, client: httpx.AsyncClient, urls: Sequence[str], patience: float) -> None:
        self._client = client
        self._urls = urls
        self._patience = patience
        self._due: list[datetime] = []

    async def meet(self) -> datetime:
        """Stop all clocks at the latest of their times, and wait until everybody rests."""
        first, second = await self._look(), await self._look()
        here = max(position.now for position in second)
        if [p.now for p in first] != [p.now for p in second]:
            # They go on while they are asked, and time never goes back: meet a moment ahead.
            here += timedelta(seconds=1)
        await self.move(here, frozen=True)
        await self.settle()
        return here

    async def step(self, here: datetime, target: datetime) -> datetime:
        """Go to the next instant at which anything falls due, at most to `target`; settle."""
        at = min([target, *(due for due in self._due if due > here)])
        await self.move(at, frozen=True)
        await self.settle()
        return at

    async def move(self, at: datetime, *, frozen: bool) -> None:
        body = {"at": at.isoformat(), "frozen": frozen}
        await asyncio.gather(*(self._ask("POST", url, body) for url in self._urls))

    async def settle(self) -> None:
        """Wait for two quiet rounds in a row between which nobody has announced anything.

        One round is not enough: an event may pass from a service not yet asked to one asked
        already. It cannot pass twice without being announced in between.
        """
        before: Sequence[Position] = []
        now: Sequence[Position] = []
        try:
            async with asyncio.timeout(self._patience):
                while not (now and _at_rest(before, now)):
                    if now:
                        await asyncio.sleep(ROUND)
                    before, now = now, await self._look()
        except TimeoutError:
            raise Unsettled(_complaint(now, self._patience)) from None
        self._due = [position.next_due_at for position in now if position.next_due_at is not None]

    async def _look(self) -> Sequence[Position]:
        return await asyncio.gather(*(self._position(url) for url in self._urls))

    async def _position(self, url: str) -> Position:
        told = await self._ask("GET", url)
        due = told["next_due_at"]
        return Position(
            url,
            datetime.fromisoformat(told["now"]),
            datetime.fromisoformat(due) if due else None,
            told["unsent"],
            told["lag"],
            told["announced"],
        )

    async def _ask(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        try:
            answer = await self._client.request(method, url.rstrip("/") + PATH, json=body)
        except httpx.HTTPError as error:
            raise Unsettled(f"{url} does not answer: {type(error).__name__} {error}") from error
        if answer.is_error:
            raise Unsettled(f"{url} answered {answer.status_code} to {method}: {answer.text[:300]}")
        return answer.json()


def _at_rest(before: Sequence[Position], now: Sequence[Position]) -> bool:
    said = [position.announced for position in now]
    return (
        all(position.quiet() for position in [*before, *now])
        and [position.announced for position in before] == said
    )


def _complaint(positions: Sequence[Position], patience: float) -> str:
    busy = [
        f"{p.url} (at {p.now.isoformat()}: {p.unsent} unsent, lag {p.lag}, next due {p.next_due_at})"
        for p in positions
        if not p.quiet()
    ]
    return f"not at rest after {patience:g} s: {'; '.join(busy) or 'all of them, in turn'}"
