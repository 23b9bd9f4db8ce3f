"""A bounded load of mixed writes against one intake, and a record of what each caller was told.

aiohttp: at 200 requests a second httpx takes more of the two cores than the services under load.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from common.persistence.ids import uuid7
from tests.faults.checker import Opening

TIMEOUT_S = 3.0
CONNECTIONS = 64
CRITICAL_EVERY = 40
"""One request in so many opens a ticket whose promises are seconds."""
UNKNOWN_OUTCOME = (aiohttp.ClientError, TimeoutError)
"""No answer: nobody knows whether it took effect."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that came whole."""

    status: int
    body: bytes
    says_when: bool = True
    """Whether a refusal says when to come again (`Retry-After`)."""


@dataclass(slots=True)
class LoadResult:
    """What callers were told: openings for the checker, answers by status for the reader."""

    openings: list[Opening] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    last_good: float = 0.0
    longest_silence: float = 0.0
    """Seconds between two good answers: what a caller saw of the fault."""
    failures: Counter[str] = field(default_factory=Counter)
    """Every 5xx, with what it said, and every missing answer; also those after which the caller tried again."""


class Load:
    """`rate` requests a second for `seconds`: half open tickets, half work on those opened.

    A caller who got no answer asks again with the same Idempotency-Key, every second time; the
    others give up, as people do. `tickets` are open already, and are worked on, too.
    """

    def __init__(
        self,
        urls: list[str],
        token: str,
        customer: str,
        rate: int,
        seconds: float,
        tickets: list[str],
    ) -> None:
        self.result = LoadResult()
        self._urls = urls
        self._headers = {"Authorization": f"Bearer {token}"}
        self._customer = customer
        self._rate = rate
        self._seconds = seconds
        self._draw = random.Random(7)
        self._open = tickets

    async def run(self) -> LoadResult:
        """Send everything, on time, whatever happens to the answers."""
        clock = asyncio.get_running_loop()
        began = clock.time()
        async with (
            aiohttp.ClientSession(
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            ) as client,
            asyncio.TaskGroup() as callers,
        ):
            for number in range(int(self._rate * self._seconds)):
                await asyncio.sleep(max(0.0, began + number / self._rate - clock.time()))
                callers.create_task(self._call(client, number))
        return self.result

    async def _call(self, client: aiohttp.ClientSession, number: int) -> None:
        if number % 2 == 0 or not self._open:
            await self._open_one(client, number)
            return
        path, body = next(self._work(number))
        answer = await self._post(client, path, body, str(uuid7()))
        self.result.answers[f"work {_answer_name(answer)}"] += 1

    def _work(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        ticket = self._draw.choice(self._open)
        kind = number % 10
        if kind in {1, 3}:
            yield f"/v1/tickets/{ticket}/replies", {"text": "We look into it."}
        if kind == 5:
            yield (
                f"/v1/tickets/{ticket}/hold",
                {"waiting_on": "customer", "reason": "x", "question": "Which button was it?"},
            )
        if kind == 7:
            yield f"/v1/tickets/{ticket}/resume", {}
        yield f"/v1/tickets/{ticket}/resolve", {"resolution": "Restarted it."}

    async def _open_one(self, client: aiohttp.ClientSession, number: int) -> None:
        again = number % 4 == 0
        key = str(uuid7())
        wanted = {
            "kind": "incident",
            "title": f"Load {key}",
            "description": "Something is slow.",
            "customer": self._customer,
            "priority": "critical" if number % CRITICAL_EVERY == 0 else "major",
        }
        answer = await self._post(client, "/v1/tickets", wanted, key)
        nothing_stored = says_nothing_stored(answer)
        for _ in range(30 if again else 0):
            if answer is not None and answer.status < 500:
                break
            await asyncio.sleep(0.5)
            answer = await self._post(client, "/v1/tickets", wanted, key)
            nothing_stored = nothing_stored and says_nothing_stored(answer)
        ticket = (
            json.loads(answer.body)["id"] if answer is not None and answer.status == 201 else None
        )
        if ticket is not None:
            self._open.append(ticket)
        self.result.openings.append(Opening(key, ticket, nothing_stored))
        self.result.answers[f"open {_answer_name(answer)}"] += 1

    async def _post(
        self, client: aiohttp.ClientSession, path: str, body: dict[str, Any], key: str
    ) -> Answer | None:
        url = self._draw.choice(self._urls) + path
        try:
            async with client.post(url, json=body, headers={"Idempotency-Key": key}) as response:
                says_when = "Retry-After" in response.headers
                answer = Answer(response.status, await response.read(), says_when)
        except UNKNOWN_OUTCOME as error:
            self.result.failures[type(error).__name__] += 1
            return None
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        now = asyncio.get_running_loop().time()
        if answer.status >= 500:
            when = "" if answer.says_when else " without Retry-After"
            self.result.failures[f"{answer.status}{when} {_detail_of(answer)}"] += 1
            return
        silence = now - self.result.last_good if self.result.last_good else 0.0
        self.result.longest_silence = max(self.result.longest_silence, silence)
        self.result.last_good = now


def says_nothing_stored(answer: Answer | None) -> bool:
    """Whether this answer is definite. 409 is not: the first request of the key may still be at work."""
    if answer is None:
        return False
    return answer.status == 503 or (400 <= answer.status < 500 and answer.status != 409)


def _answer_name(answer: Answer | None) -> str:
    return "no answer" if answer is None else str(answer.status)


def _detail_of(answer: Answer) -> str:
    try:
        return str(json.loads(answer.body)["detail"])
    except (ValueError, LookupError):
        return answer.body[:200].decode(errors="replace")
