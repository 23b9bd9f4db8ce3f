"""`POST /v1/calendars/compute` with 1,000 questions: what the server spends on it.

In-process, from the bytes of the request to the bytes of the answer, as CPU time of the process:
the network and whoever else works on the machine are no part of it. The fastest of some rounds.
"""

import json
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from common.persistence.database import Database
from opsdesk_testing.client import app_for, client
from sla.app import SERVICE
from tests.benchmarks.environment import schema_of, servers
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

ROUNDS = 40
MAX_SECONDS = 0.015
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OFFICE = {day: [["08:00", "12:30"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu")}
CALENDAR = {
    "timezone": "Europe/Amsterdam",
    "weekly": OFFICE | {"fri": [["08:00", "12:00"]], "sat": [["22:00", "06:00"]]},
    "holidays": ["2026-04-27", "2026-12-25"],
    "overrides": {"2026-12-24": [["08:00", "12:00"]]},
}


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found:
        async with schema_of(found, "sla", simulated=True) as url:
            seconds = await measured(url)
    yield Result(
        "calendars/compute, 1,000 questions, server side",
        f"{seconds * 1000:.1f} ms",
        "",
        f"{seconds / MAX_SECONDS:.2f} of what is allowed",
        f"<= {MAX_SECONDS * 1000:.0f} ms",
        seconds <= MAX_SECONDS,
    )


async def measured(url: str) -> float:
    """CPU seconds of one request on this database of sla."""
    database = Database(url, "sla")
    body = json.dumps({"calendar": CALENDAR, "questions": _questions()}).encode()
    kind = {"Content-Type": "application/json"}
    try:
        async with client(app_for(SERVICE, database), "anna") as anna:
            spent = []
            for _ in range(ROUNDS):
                began = time.process_time()
                answer = await anna.post("/v1/calendars/compute", content=body, headers=kind)
                spent.append(time.process_time() - began)
                answer.raise_for_status()
    finally:
        await database.close()
    return min(spent)


def _questions() -> list[dict[str, Any]]:
    """The same ones every time: a third of each kind, over a year."""
    rng = random.Random(4)
    asked = []
    for number in range(1000):
        at = BEGIN + timedelta(seconds=rng.randrange(360 * 86_400))
        later = at + timedelta(seconds=rng.randrange(30 * 86_400))
        asked.append(
            (
                {"after": {"starts_at": at.isoformat(), "seconds": rng.randrange(400_000)}},
                {"between": {"starts_at": at.isoformat(), "ends_at": later.isoformat()}},
                {"open": {"at": at.isoformat()}},
            )[number % 3]
        )
    return asked
