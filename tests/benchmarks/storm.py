"""A storm of 10,000 alerts, posted to a real `python -m intake serve`: how long, and how many tickets."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import httpx

from opsdesk_local.installation import Installation
from tests.benchmarks.environment import (
    CUSTOMER,
    open_installation,
    register_customer,
    replica_settings,
    running_process,
    servers,
    token,
)
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

PATH: Final = "/v1/alerts/alertmanager"
MAX_SECONDS: Final = 10.0
MAX_TICKETS: Final = 20
CONNECTIONS: Final = 32


async def run(scale: Scale) -> AsyncIterator[Result]:
    shapes = {
        f"in {scale.alerts // size:,} posts of {size:,}": size for size in (scale.alerts, 100, 1)
    }
    with servers() as found, open_installation(found, "intake") as installation:
        intake = replica_settings(installation, "intake")
        async with running_process(intake):
            await register_customer(installation, intake.url)
            for number, (shape, size) in enumerate(shapes.items()):
                yield await _storm(installation, intake.url, shape, size, scale.alerts, number)


async def _storm(
    installation: Installation, url: str, shape: str, size: int, count: int, number: int
) -> Result:
    """One storm of a monitor of its own: each post is a group."""
    bearer = {"Authorization": f"Bearer {_monitor_token(installation, f'monitor-{number}')}"}
    bodies = [_post(range(first, first + size)) for first in range(0, count, size)]
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=url, headers=bearer, timeout=120, limits=limits
    ) as monitor:
        start = time.monotonic()
        answers = await _post_all(monitor, bodies)
        seconds = time.monotonic() - start
    results = [one for answer in answers for one in answer.json()["alerts"]]
    if len(results) != count or any(one["effect"] != "raised" for one in results):
        raise RuntimeError(f"{len(results)} of {count} alerts were raised")
    opened = len({one["ticket"] for one in results})
    return Result(
        f"a storm of {count:,} alerts, {shape}",
        f"{seconds:.1f} s, {opened} tickets",
        "",
        "",
        f"<= {MAX_SECONDS:.0f} s, <= {MAX_TICKETS} tickets",
        seconds <= MAX_SECONDS and opened <= MAX_TICKETS,
    )


async def _post_all(
    monitor: httpx.AsyncClient, bodies: Sequence[dict[str, Any]]
) -> list[httpx.Response]:
    pending = iter(bodies)
    answers: list[httpx.Response] = []

    async def post_next() -> None:
        for body in pending:
            answer = await monitor.post(PATH, json=body)
            answer.raise_for_status()
            answers.append(answer)

    await asyncio.gather(*(post_next() for _ in range(CONNECTIONS)))
    return answers


def _post(numbers: range) -> dict[str, Any]:
    alerts = [
        {
            "status": "firing",
            "fingerprint": f"{number:016x}",
            "startsAt": "2026-01-05T09:00:00.123456789Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://prometheus.example.net/graph?g0.expr=up",
            "labels": {
                "alertname": f"Down{number}",
                "instance": f"web-{number}:8080",
                "customer": CUSTOMER,
                "severity": "critical",
            },
            "annotations": {"summary": f"web-{number} does not answer"},
        }
        for number in numbers
    ]
    return {"version": "4", "groupKey": f"group-{numbers.start}", "alerts": alerts}


def _monitor_token(installation: Installation, sub: str) -> str:
    return token(installation, sub, scope="alerts:write")
