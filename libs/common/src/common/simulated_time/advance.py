"""Advances the time of several services together, from one due deadline to the next, so that every
deadline fires at its own instant and in order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

ROUTE_PATH = "/v1/simulated-time"
POLL_INTERVAL_S = 0.02
"""Seconds (real time) between two looks at all services."""

Progress = Callable[[datetime], None]


AHEAD = tuple(timedelta(seconds=seconds) for seconds in (1, 4, 16, 60))
"""How far ahead of running clocks they are to meet; a busy machine takes longer to ask them all."""


class NotSettled(Exception):
    """The services did not become idle, or one of them refused. Says which one and why."""


class AlreadyLater(NotSettled):
    """At one of them it is later already: its time runs."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The state of one service.

    `unsent`: events, and effects such as notifications, that are stored and not carried out yet.
    `lag`: records not yet applied, None where that is unknown. `announced`: how many events it has
    ever written.
    """

    url: str
    now: datetime
    next_due_at: datetime | None
    unsent: int
    lag: int | None
    announced: int

    def is_idle(self) -> bool:
        """Return whether nothing is unsent, unapplied or due."""
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
    """Advance all services to `to` (an instant, or a span from now) and wait until they are idle.

    `frozen` leaves the time frozen afterwards. `progress` is called with every instant on the way,
    the last one included. Raises NotSettled when the services are not idle within `timeout_s`
    seconds (real time) at one of them. Returns the instant reached.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(headers=headers, timeout=timeout_s, transport=transport) as client:
        travel = _TimeStepper(client, urls, timeout_s)
        here = await travel.align()
        target = here + to if isinstance(to, timedelta) else to
        if target < here:
            raise NotSettled(f"time only moves forwards: it is already {here.isoformat()}")
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
        """Freeze all services at the latest of their times, and wait until they are idle."""
        for ahead in AHEAD:
            first, second = await self._states(), await self._states()
            here = max(position.now for position in second)
            if [p.now for p in first] != [p.now for p in second]:
                # Their time runs while they are asked, and never goes back: take an instant ahead.
                here += ahead
            try:
                await self.move(here, frozen=True)
            except AlreadyLater:
                if ahead is AHEAD[-1]:
                    raise
            else:
                break
        await self.settle()
        return here

    async def step(self, here: datetime, target: datetime) -> datetime:
        """Advance to the next due instant, at most to `target`, and wait until all are idle."""
        at = min([target, *(due for due in self._due if due > here)])
        await self.move(at, frozen=True)
        await self.settle()
        return at

    async def move(self, at: datetime, *, frozen: bool) -> None:
        body = {"at": at.isoformat(), "frozen": frozen}
        moved = (self._request("POST", url, body) for url in self._urls)
        # All of them answer before the next is asked: an earlier instant must not come after a later one.
        for answer in await asyncio.gather(*moved, return_exceptions=True):
            if isinstance(answer, BaseException):
                raise answer

    async def settle(self) -> None:
        """Wait for two idle rounds in a row between which no event was written.

        One round is not enough: an event may go from a service not yet asked to one already asked.
        It cannot do so twice without an event being written in between.
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
            refusal = AlreadyLater if answer.status_code == httpx.codes.CONFLICT else NotSettled
            raise refusal(f"{url} answered {answer.status_code} to {method}: {answer.text[:300]}")
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
    return f"not idle after {timeout_s:g} s: {'; '.join(busy) or 'all of them, in turn'}"
