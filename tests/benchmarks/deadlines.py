"""A million armed deadlines, a thousand falling due each second: how late, how much memory.

The rival is procrastinate with one worker on the same PostgreSQL: as many scheduled jobs as it
takes in reasonable time (the size is printed), the same number falling due each second.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.benchmarks.environment import schema_of, servers
from tests.benchmarks.result import Result, percentile
from tests.benchmarks.scale import Scale

DURATION_S = 20
RIVAL = Path(__file__).with_name("rival_procrastinate.py")
RIVAL_TIMEOUT_S = 600
LEAD_S = 12
"""Seconds between arming and the first due instant: the process must have started by then."""


@dataclass(frozen=True, slots=True)
class Run:
    """Lateness in seconds, early and double firings, growth of the process in MiB."""

    late: list[float]
    early: int
    twice: int
    grown: float

    @property
    def p99(self) -> float:
        return percentile(self.late, 0.99)


@dataclass(frozen=True, slots=True)
class Rival:
    """Lateness in seconds of what the rival ran; `problem` is what it said where it could not."""

    late: list[float]
    problem: str = ""

    def describe(self, scale: Scale) -> str:
        if not self.late:
            return f"procrastinate: not measured ({self.problem})"
        p99 = percentile(self.late, 0.99) * 1000
        return f"procrastinate {p99:.0f} ms ({scale.rival_armed:,} armed)"


async def run(scale: Scale) -> AsyncIterator[Result]:
    with servers() as found:
        async with schema_of(found, "common") as url:
            quiet = await _ours(url, scale)
        async with schema_of(found, "common") as url:
            watched = await _ours(url, scale, snapshot=True)
        rival = await _rival(found.admin_url, scale)
    work = f"{scale.armed:,} deadlines armed, {scale.due:,}/s due"
    yield _result(work, quiet, scale, rival)
    yield _result(f"{work}, a reader's snapshot open", watched, scale, rival)


def _result(work: str, ours: Run, scale: Scale, rival: Rival) -> Result:
    exact = f"{len(ours.late):,} fired, {ours.early} early, {ours.twice} twice"
    reached = ours.p99 <= 0.025 and ours.early == ours.twice == 0 and ours.grown <= 50
    return Result(
        f"{work}: lateness p99; {exact}",
        f"{ours.p99 * 1000:.1f} ms, +{ours.grown:.0f} MiB",
        rival.describe(scale),
        f"{percentile(rival.late, 0.99) / ours.p99:.0f} x" if rival.late else "",
        "<= 25 ms, none early or twice, <= 50 MiB",
        reached,
    )


async def _ours(url: str, scale: Scale, *, snapshot: bool = False) -> Run:
    connection = await asyncpg.connect(url)
    due = scale.due * DURATION_S
    # "deadlines" is the owner's table: statistics come from autovacuum, as they do in real life.
    await arm_far(connection, scale.armed - due)
    async with _snapshot(url) if snapshot else _nothing():
        done = await run_due(url, connection, due, DURATION_S)
    await connection.close()
    return done


async def run_due(
    url: str,
    connection: "asyncpg.Connection[asyncpg.Record]",
    due: int,
    seconds: int,
    lead_s: int = LEAD_S,
) -> Run:
    """Arm `due` deadlines within `seconds`, from `lead_s` on, and have a scheduler of its own fire them."""
    await _arm_due(connection, due, seconds, lead_s)
    grown = await _run_scheduler(url, due, lead_s + seconds)
    rows = await connection.fetch(
        "SELECT extract(epoch FROM lag)::float8 AS lag, count(*) OVER (PARTITION BY subject) AS times"
        " FROM firings WHERE kind = 'bench'"
    )
    late = [row["lag"] for row in rows]
    return Run(late, sum(lag < 0 for lag in late), sum(row["times"] > 1 for row in rows), grown)


async def arm_far(connection: "asyncpg.Connection[asyncpg.Record]", far: int) -> None:
    """Arm `far` deadlines that are due tomorrow or later."""
    await connection.execute(
        "INSERT INTO deadlines (kind, subject, due_at, wake_at)"
        " SELECT 'bench', gen_random_uuid(), at, at FROM ("
        "  SELECT statement_timestamp() + interval '1 day' * (1 + random()) AS at"
        f"  FROM generate_series(1, {far})) far"
    )


async def _arm_due(
    connection: "asyncpg.Connection[asyncpg.Record]", due: int, seconds: int, lead_s: int
) -> None:
    """`due` ones, evenly spread over `seconds`, after `lead_s`."""
    await connection.execute(
        "INSERT INTO deadlines (kind, subject, due_at, wake_at)"
        " SELECT 'bench', gen_random_uuid(), at, at FROM ("
        f"  SELECT statement_timestamp() + interval '{lead_s} s' + n * interval '{seconds / due} s' AS at"
        f"  FROM generate_series(1, {due}) n) soon"
    )


async def _run_scheduler(url: str, due: int, seconds: int) -> float:
    """Run the timekeeper in a process of its own for so long; answer by how many MiB it grew."""
    program = Path(__file__).with_name("scheduler_process.py")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(program), url, str(seconds + 3), str(due)],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 60,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    return float(figures["grown_mib"])


@asynccontextmanager
async def _snapshot(url: str) -> AsyncIterator[None]:
    """A reader that has looked once and keeps its snapshot, like a BI tool over lunch."""
    reader = await asyncpg.connect(url)
    transaction = reader.transaction(isolation="repeatable_read", readonly=True)
    await transaction.start()
    await reader.fetchval("SELECT count(*) FROM firings")
    yield
    await transaction.rollback()
    await reader.close()


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def _rival(admin_url: str, scale: Scale) -> Rival:
    """Run the rival in a process of its own; what it says when it fails is in `problem`."""
    sizes = (scale.rival_armed, scale.due, DURATION_S)
    try:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, str(RIVAL), admin_url, *map(str, sizes)],
            capture_output=True,
            text=True,
            check=False,
            timeout=RIVAL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        return Rival([], f"no end after {error.timeout:.0f} s")
    if done.stderr.strip():
        sys.stderr.write(f"procrastinate: {done.stderr.strip()}\n")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return Rival([], last[0])
    return Rival(json.loads(done.stdout.splitlines()[-1])["late"])
