"""The same work with procrastinate: `rival_procrastinate.py ADMIN_URL ARMED RATE SECONDS`.

One worker with 100 coroutines and its polling interval at 50 ms (its own default of 5 s would
decide the figure alone). Prints the lateness of every job.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import procrastinate

MIN_LEAD_S = 20
"""Seconds at least for scheduling everything before the first job falls due."""
LEAD_FACTOR = 3
"""How many times as long as scheduling seems to take: the machine may become slower meanwhile."""
TIMED_STATEMENTS = 50
"""Statements by which is found out how long scheduling takes on this machine."""


async def main(admin_url: str, armed: int, rate: int, seconds: int) -> None:
    name = "bench_procrastinate"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {name}")
    url = admin_url.rpartition("/")[0] + f"/{name}"
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, max_size=10))
    late: list[float] = []

    @app.task(name="due")
    async def due(at: float) -> None:
        late.append(datetime.now(UTC).timestamp() - at)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        begin = await _schedule(app, armed, rate, seconds)
        limit = (begin - datetime.now(UTC)).total_seconds() + seconds + 60
        await _work(app, rate * seconds, late, limit)
    await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await admin.close()
    sys.stdout.write(json.dumps({"late": late}) + "\n")


async def _schedule(app: procrastinate.App, armed: int, rate: int, seconds: int) -> datetime:
    """Arm everything. Returns when the first job falls due: later on a slow machine."""
    far = datetime.now(UTC) + timedelta(days=1)
    waiting = app.configure_task("due", schedule_at=far, task_kwargs={})
    tick = max(1, rate // 100)  # as many as fall due in ten milliseconds go in one statement
    rest = armed - rate * seconds - TIMED_STATEMENTS * tick
    for _ in range(0, rest, 1000):
        await waiting.batch_defer_async(*_jobs(1000, 0.0))
    began = time.monotonic()
    for _ in range(TIMED_STATEMENTS):
        await waiting.batch_defer_async(*_jobs(tick, 0.0))
    expected = (time.monotonic() - began) / TIMED_STATEMENTS * rate * seconds / tick
    lead = MIN_LEAD_S + LEAD_FACTOR * expected
    begin = datetime.now(UTC) + timedelta(seconds=lead)
    for number in range(0, rate * seconds, tick):
        at = begin + timedelta(seconds=number / rate)
        jobs = _jobs(tick, at.timestamp())
        await app.configure_task("due", schedule_at=at).batch_defer_async(*jobs)
    if (late := datetime.now(UTC) - begin) > timedelta():
        raise SystemExit(
            f"scheduling took {lead + late.total_seconds():.0f} s, {lead:.0f} s were given to it: "
            "the lateness would be ours, not theirs"
        )
    return begin


def _jobs(number: int, at: float) -> list[Any]:
    return [{"at": at}] * number


async def _work(app: procrastinate.App, wanted: int, late: list[float], limit: float) -> None:
    worker = asyncio.create_task(
        app.run_worker_async(
            concurrency=100,
            fetch_job_polling_interval=0.05,
            install_signal_handlers=False,
            delete_jobs="successful",
        )
    )
    try:
        async with asyncio.timeout(limit):
            while len(late) < wanted:  # noqa: ASYNC110 - their jobs count themselves
                await asyncio.sleep(0.1)
    except TimeoutError:
        sys.stderr.write(f"{len(late)} of {wanted} jobs ran in time\n")
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
