"""Tickets that go the usual way over HTTP, from the opening to the end, for measurements that copy them by the million.

Their texts are of words that are as frequent as words are (Zipf), of which each ticket has others.
"""

import asyncio
import random
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import httpx

from opsdesk_local.installation import Installation
from opsdesk_local.service import ServiceProcess
from tests.benchmarks.environment import CUSTOMER, token, wait_for_query

VOCABULARY, WORDS_OF_TEXT, CALLERS = 50_000, 60, 8
REPLIED = 4
"""One ticket in so many is answered before it is resolved."""
KINDS = ("incident", "incident", "service_request", "question")
PRIORITIES = ("major", "major", "minor", "minor", "trivial", "critical")
SYLLABLES = ("ba", "del", "fir", "gon", "her", "kas", "lum", "ner", "pol", "rit", "sta", "tum", "ven")  # fmt: skip
_UNDONE = """
SELECT (SELECT count(*) FROM intake.outbox) + (SELECT count(*) FROM sla.outbox)
    + (SELECT count(*) FROM intake.document_changes)
    + (SELECT count(*) FROM intake.tickets t WHERE NOT EXISTS (
        SELECT FROM intake.ticket_documents WHERE ticket_id = t.id))
    + (SELECT count(*) FROM intake.tickets t LEFT JOIN sla.tickets heard USING (id)
        WHERE heard.id IS NULL OR (t.closed_at IS NULL) <> (heard.ended_at IS NULL))
"""
"""What the services still have to do about the tickets: hear and index."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of the tickets, and words for searches: one that most have, and one that a single text has."""

    titles: list[str]
    bodies: list[str]

    @property
    def frequent(self) -> str:
        return _word(0)

    @property
    def of_one_text(self) -> str:
        counted: dict[str, int] = {}
        for body in self.bodies:
            for word in set(body.split()):
                counted[word] = counted.get(word, 0) + 1
        return next(word for word, count in counted.items() if count == 1)


def make_texts(number: int) -> Texts:
    """The same ones every time."""
    dice = random.Random(5)
    weights = list(accumulate(1 / (rank + 1) for rank in range(VOCABULARY)))
    made = [
        [
            _word(rank)
            for rank in dice.choices(range(VOCABULARY), cum_weights=weights, k=WORDS_OF_TEXT)
        ]
        for _ in range(number)
    ]
    return Texts([" ".join(words[:6]) for words in made], [" ".join(words[6:]) for words in made])


def _word(rank: int) -> str:
    """A word by how frequent it is, from 0: no two ranks have the same."""
    syllables = []
    rest = rank + len(SYLLABLES)
    while rest:
        rest, syllable = divmod(rest, len(SYLLABLES))
        syllables.append(SYLLABLES[syllable])
    return "".join(syllables)


async def open_tickets(
    installation: Installation, intake: ServiceProcess, texts: Texts, still_open: int, url: str
) -> None:
    """Open a ticket for each text, and end all but the first `still_open`; returns once both services have done with them."""
    anna, omar = (
        {"Authorization": f"Bearer {token(installation, who, 'ops')}"} for who in ("anna", "omar")
    )
    numbers = iter(range(len(texts.titles)))
    async with httpx.AsyncClient(base_url=intake.url, timeout=30) as http:

        async def post(who: dict[str, str], path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await http.post(path, json=body, headers=who)
            assert answer.is_success, answer.text
            found: dict[str, Any] = answer.json()
            return found

        async def call() -> None:
            for number in numbers:
                ticket = await post(anna, "/v1/tickets", _opening(texts, number))
                path, title = f"/v1/tickets/{ticket['id']}", texts.titles[number]
                if number < still_open:
                    continue
                if number % REPLIED == 0:
                    await post(anna, f"{path}/replies", {"text": f"We look into {title}."})
                await post(anna, f"{path}/resolve", {"resolution": f"It was {title}."})
                await post(omar, f"{path}/verify", {})
                await post(omar, f"{path}/close", {})

        async with asyncio.TaskGroup() as callers:
            for _ in range(CALLERS):
                callers.create_task(call())
    await wait_for_query(url, _UNDONE, lambda left: left == 0)


def _opening(texts: Texts, number: int) -> dict[str, Any]:
    return {
        "kind": KINDS[number % len(KINDS)],
        "title": texts.titles[number],
        "description": texts.bodies[number],
        "customer": CUSTOMER,
        "priority": PRIORITIES[number % len(PRIORITIES)],
    }
