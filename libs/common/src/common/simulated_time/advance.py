"""Moves the time of several services together, from due time to due time, so that everything
fires at its own instant and in order, and nobody has to wait for Monday."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

ROUTE_PATH = "/v1/simulated-time"
POLL_INTERVAL_S = 0.02
"""Seconds of real time between two looks at all services."""

Progress = Callable[[datetime], None]


class NotSettled(Exception):
    """The services did not come to rest, or one of them refused. Says which, and what it waits for."""


@dataclass(frozen=True, slots=True)
class ServiceState:
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

    def is_idle(self) -> bool:
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
    timeout_s: float = 60,
    transport: httpx.AsyncBaseTransport | None = None,
) -> datetime:
    """Move all services to `to` (an instant, or a span from now) and leave them there at rest.

    `frozen` leaves time standing still afterwards. `progress` hears every instant at which time
    stopped on the way, the last one included. Raises Unsettled when they have not come to rest
    within `patience` seconds (real time) at one of them. Answers the instant reached.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=timeout_s, transport=transport) as client:
        travel = _TimeStepper(client, urls, timeout_s)
        here = await travel.align()
        target = here + to if isinstance(to, timedelta) else to
        if target < here:
            raise NotSettled(f"time only moves forwards: it is {here.isoformat()} already")
        while here < target:
            here = await travel.step(here, target)
            progress(here)
        if not frozen:
            await travel.move(target, frozen=False)
        return target


class _TimeStepper:
    def __init__(self, client: httpx.AsyncClient, urls: Sequence[str], timeout_s: float) -> None:
        self._client = client
        self._urls = urls
        self._timeout_s = timeout_s
        self._due: list[datetime] = []

    async def align(self) -> datetime:
        """Stop all clocks at the latest of their times, and wait until everybody rests."""
        first, second = await self._states(), await self._states()
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
        await asyncio.gather(*(self._request("POST", url, body) for url in self._urls))

    async def settle(self) -> None:
        """Wait for two quiet rounds in a row between which nobody has announced anything.

        One round is not enough: an event may pass from a service not yet asked to one asked
        already. It cannot pass twice without being announced in between.
        """
        before: Sequence[ServiceState] = []
        now: Sequence[ServiceState] = []
        try:
            async with asyncio.timeout(self._timeout_s):
                while not (now and _all_idle(before, now)):
                    if now:
                        await asyncio.sleep(POLL_INTERVAL_S)
                    before, now = now, await self._states()
        except TimeoutError:
            raise NotSettled(_describe_busy(now, self._timeout_s)) from None
        self._due = [position.next_due_at for position in now if position.next_due_at is not None]

    async def _states(self) -> Sequence[ServiceState]:
        return await asyncio.gather(*(self._state(url) for url in self._urls))

    async def _state(self, url: str) -> ServiceState:
        answer = await self._request("GET", url)
        due = answer["next_due_at"]
        return ServiceState(
            url,
            datetime.fromisoformat(answer["now"]),
            datetime.fromisoformat(due) if due else None,
            answer["unsent"],
            answer["lag"],
            answer["announced"],
        )

    async def _request(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        try:
            answer = await self._client.request(method, url.rstrip("/") + ROUTE_PATH, json=body)
        except httpx.HTTPError as error:
            raise NotSettled(f"{url} does not answer: {type(error).__name__} {error}") from error
        if answer.is_error:
            raise NotSettled(
                f"{url} answered {answer.status_code} to {method}: {answer.text[:300]}"
            )
        return answer.json()


def _all_idle(before: Sequence[ServiceState], now: Sequence[ServiceState]) -> bool:
    announced = [position.announced for position in now]
    return (
        all(position.is_idle() for position in [*before, *now])
        and [position.announced for position in before] == announced
    )


def _describe_busy(states: Sequence[ServiceState], timeout_s: float) -> str:
    busy = [
        f"{p.url} (at {p.now.isoformat()}: {p.unsent} unsent, lag {p.lag}, next due {p.next_due_at})"
        for p in states
        if not p.is_idle()
    ]
    return f"not at rest after {timeout_s:g} s: {'; '.join(busy) or 'all of them, in turn'}"
