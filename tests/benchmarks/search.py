"""A page of intake's queue, and full-text search, among a million tickets, over HTTP of intake's own app.

A tenth of the tickets is open, each of these with a promise. The texts are made of 50,000 words that are as
frequent as words are (Zipf); the documents are made by the code that makes them in real life.
"""

import random
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from uuid import UUID

import asyncpg
from httpx import AsyncClient

from common.persistence.bulk import Columns, insert_sql, transpose
from common.persistence.database import Database
from intake.app import SERVICE
from intake.search import store
from opsdesk_testing.client import app_for, client
from tests.benchmarks.environment import schema_of, servers, wait_for_query
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

VOCABULARY, WORDS_OF_TEXT, CUSTOMERS, ROUNDS, BATCH = 50_000, 60, 200, 60, 2_000
QUEUE_MOST, SEARCH_MOST = 0.030, 0.100
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("incident", "service_request", "question", "problem")
PRIORITIES = (*["major"] * 30, *["minor"] * 50, *["critical"] * 18, *["trivial"], "blocker")
SYLLABLES = (
    "ba",
    "del",
    "fir",
    "gon",
    "her",
    "kas",
    "lum",
    "ner",
    "pol",
    "rit",
    "sta",
    "tum",
    "ven",
)
QUEUE = {
    "all": "",
    "of a customer": "?customer=customer-7",
    "of a person": "?assignee=anna",
    "blockers": "?priority=blocker",
    "rare: problems of second level on hold": "?kind=problem&team=second_level&state=on_hold",
    "due soon": "?due_before=2026-01-02T00:00:00Z",
}
CUSTOMERS_MORE = """
INSERT INTO intake.customers (id, key, name, timezone, language, sequence)
SELECT ('00000000-0000-0000-0001-' || lpad(to_hex(n), 12, '0'))::uuid, 'customer-' || n,
    'Customer ' || n, 'UTC', 'en', 1 FROM generate_series(0, $1 - 1) n
"""
PERSON = """
INSERT INTO intake.people (id, sub, name, email, timezone, roles, retired, sequence)
VALUES (gen_random_uuid(), 'anna', 'Anna', 'anna@ours.example', 'UTC', '{ops}', false, 1)
"""
PROMISES = """
INSERT INTO intake.promises (clock_id, ticket_id, metric, contract, due_at, sequence)
SELECT gen_random_uuid(), id, metric, 'sla', $1::timestamptz + random() * interval '30 days', 1
FROM intake.tickets, unnest(ARRAY['first_response', 'resolution']) metric WHERE state <> 'merged'
"""
ENTRIES = """
INSERT INTO intake.queue_entries SELECT * FROM intake.queue_rows(ARRAY(
    SELECT id FROM intake.tickets WHERE state <> 'merged'))
"""
ANALYZED = """
SELECT count(*) FROM pg_stat_user_tables WHERE schemaname = 'intake' AND last_autoanalyze IS NULL
    AND relname IN ('tickets', 'ticket_documents', 'queue_entries')
"""
COLUMNS: Columns = {
    "id": "uuid",
    "number": "bigint",
    "kind": "text",
    "title": "text",
    "description": "text",
    "priority": "text",
    "state": "text",
    "customer_id": "uuid",
    "channel": "text",
    "opened_at": "timestamptz",
    "opened_by": "text",
    "assignee": "text",
    "team": "text",
    "merged_into": "uuid",
    "sequence": "bigint",
}
TICKETS = insert_sql("intake.tickets", COLUMNS)


def vocabulary() -> list[str]:
    """Different words, the most frequent ones first, and short as these are."""
    chance = random.Random(1)
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        length = 1 + len(words).bit_length() // 4
        words["".join(chance.choices(SYLLABLES, k=length))] = None
        words["".join(chance.choices(SYLLABLES, k=length + 1))] = None
    return list(words)[:VOCABULARY]


async def run(scale: Scale) -> AsyncIterator[Result]:
    words = vocabulary()
    with servers() as found:
        async with schema_of(found, "intake", simulated=True) as url:
            await _fill(url, scale.tickets, words)
            database = Database(url, "intake", pool_size=4)
            yield await _index(database, scale.tickets)
            if scale.tickets > ROUNDS * BATCH:
                await wait_for_query(url, ANALYZED, lambda tables: tables == 0, seconds=240)
            async with client(app_for(SERVICE, database), "anna") as anna:
                for name, query in QUEUE.items():
                    work = f"a page of the queue, {scale.tickets // 10:,} of {scale.tickets:,} tickets open: {name}, p95"
                    yield await _paged(anna, work, f"/v1/queue{query}", QUEUE_MOST)
                for name, query in _searches(words).items():
                    work = f"search in {scale.tickets:,} tickets: {name}, p95"
                    yield await _paged(anna, work, f"/v1/tickets?q={query}", SEARCH_MOST)
            await database.close()


def _searches(words: list[str]) -> dict[str, str]:
    often, middle, seldom = words[2], words[400], words[40_000]
    return {
        "a frequent word": often,
        "a word of the middle": middle,
        "a rare word": seldom,
        "two words": f"{middle}%20{words[300]}",
        "a frequent and a rare word": f"{often}%20{seldom}",
        "one or another": f"{middle}%20or%20{seldom}",
        "words in order": f"%22{words[30]}%20{words[40]}%22",
        "a word of the middle, of a customer": f"{middle}&customer=customer-7",
        "a frequent word, blockers that are open": f"{often}&priority=blocker&open=true",
        "without a frequent word": f"{middle}%20-{often}",
        "a word that is nowhere": "zzyzx",
    }


async def _fill(url: str, number: int, words: list[str]) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(CUSTOMERS_MORE, CUSTOMERS)
    await connection.execute(PERSON)
    tickets = _tickets(number, words)
    while rows := list(islice(tickets, 20_000)):
        await connection.execute(TICKETS, *transpose(rows, len(COLUMNS)))
    await connection.execute(PROMISES, START)
    await connection.execute(ENTRIES)
    await connection.close()


def _tickets(number: int, words: list[str]) -> Iterator[tuple[object, ...]]:
    chance = random.Random(2)
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(words))))
    for n in range(number):
        text = chance.choices(words, cum_weights=weights, k=WORDS_OF_TEXT)
        is_open = n % 10 == 0
        yield (
            _id(n),
            n + 1001,
            chance.choice(KINDS),
            " ".join(text[:6]),
            " ".join(text[6:]),
            chance.choice(PRIORITIES),
            ("on_hold" if n % 50 == 0 else "in_progress") if is_open else "merged",
            UUID(int=(1 << 48) + n * 7919 % CUSTOMERS),
            "portal",
            START + timedelta(seconds=n),
            "anna",
            "anna" if n % 300 == 0 else "omar",
            "second_level" if n % 20 == 0 else None,
            None if is_open else _id(n - n % 10),
            1,
        )


def _id(n: int) -> UUID:
    return UUID(int=(0x0199_0000_0000 + n << 80) | (7 << 76) | (8 << 60))


async def _index(database: Database, number: int) -> Result:
    began = time.perf_counter()
    for first in range(0, number, BATCH):
        async with database.transaction() as tx:
            await store.rebuild(tx, [_id(n) for n in range(first, min(first + BATCH, number))])
    each = (time.perf_counter() - began) / number
    work = f"a document of {WORDS_OF_TEXT} words, in three languages, by the loop"
    return Result(work, f"{each * 1e6:.0f} us", "", "", "", None)


async def _paged(anna: AsyncClient, work: str, address: str, most: float) -> Result:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await anna.get(address)
        took.append(time.perf_counter() - began)
        answer.raise_for_status()
    p95 = percentile(took, 0.95)
    return Result(work, f"{p95 * 1000:.1f} ms", "", "", f"<= {most * 1000:.0f} ms", p95 <= most)
