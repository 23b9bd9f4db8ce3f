"""A site as a trial installation: what the pages say to type is translated for it, word by word, and run."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from opsdesk_local import open_state
from opsdesk_local.kafka_tools import write_kafka_programs
from opsdesk_local.service import SERVICES
from tests.drills.page import line_of, sql_of
from tests.faults.agreements import CUSTOMER
from tests.faults.site import Site

COMMAND_TIMEOUT_S: Final = 120
ENDED: Final = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, OSError)
"""What a session says that somebody else has ended."""


class Stage:
    """A site, and a shell on its machine."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._kafka_programs: Path = write_kafka_programs(open_state(), site.desk.folder / "kafka")

    async def open_ticket(self, priority: str) -> str:
        """Open a ticket of the site's customer; return its key.

        Promises of this customer are hours for `major`, seconds for `critical`; nothing is promised for `trivial`.
        """
        body = {"kind": "incident", "title": "A drill", "description": "x", "customer": CUSTOMER}
        made = await self.post("/v1/tickets", {**body, "priority": priority})
        return str(made["key"])

    async def post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        """Ask intake, as somebody who may. Raises httpx.HTTPStatusError."""
        headers = {"Authorization": f"Bearer {self.site.token('theo', 'tom', 'ops')}"}
        async with httpx.AsyncClient(timeout=30, headers=headers) as client:
            answer = await client.post(f"{self.site.intakes[0]}{path}", json=body)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    async def typed(self, runbook: str, line: str, service: str = "intake") -> str:
        """Run a line of a runbook, where it says intake for another service; return all that it prints.

        Raises LookupError where the page has no such line.
        """
        process = self.site.desk.services[service]
        line = line_of(runbook, line).replace("-m intake ", f"-m {process.module} ")
        here = line.replace("127.0.0.1:9001", process.management_url.removeprefix("http://"))
        return await self.run(here, service)

    async def run(self, line: str, service: str = "intake") -> str:
        """Run a line with bash in a service's environment; return all that it prints."""
        [found] = [one for one in SERVICES if one.name == service]
        environment = self.site.desk.environment(found)
        shell = await asyncio.create_subprocess_exec(
            "setpriv", "--pdeathsig", "KILL", "bash", "-c", line,
            cwd=self.site.desk.folder,
            env=environment | {"PATH": f"{self._kafka_programs}:{environment['PATH']}"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(COMMAND_TIMEOUT_S):
                output, _ = await shell.communicate()
        finally:
            if shell.returncode is None:
                shell.kill()
        return output.decode(errors="replace")

    async def kafka(self, line: str) -> str:
        """Run a line of drills.md for Kafka's programs. Raises RuntimeError where it fails."""
        here = line.replace("/opt/kafka/bin/", "").replace(
            "localhost:9092", self.site.servers.bootstrap
        )
        output = await self.run(f"{here} || echo IT FAILED")
        if "IT FAILED" in output:
            raise RuntimeError(f"{here}\n{output}")
        return output

    async def asks(self, runbook: str, words: str) -> str:
        """Run a runbook's SQL that has these words; return each row as a line."""
        return await self.sql(sql_of(runbook, words))

    async def sql(self, statement: str) -> str:
        connection = await asyncpg.connect(self.site.admin_url, timeout=20)
        try:
            rows = await connection.fetch(statement, timeout=60)
        finally:
            await connection.close()
        return "\n".join(str(dict(row)) for row in rows)

    def session(self, statements: list[str]) -> AbstractAsyncContextManager[None]:
        """A second terminal on the database."""
        return second_terminal(self.site.admin_url, statements)

    def log_lines(self, service: str, pattern: str) -> list[str]:
        """The lines of a service's log with this pattern."""
        log = self.site.desk.services[service].log.read_text(errors="replace")
        return [line for line in log.splitlines() if re.search(pattern, line)]


@asynccontextmanager
async def second_terminal(admin_url: str, statements: list[str]) -> AsyncIterator[None]:
    """A second terminal with psql, which runs these one after the other; it is left by Ctrl-C.

    Begins once the last statement is running. Raises TimeoutError where an earlier one does not end.
    """
    connection = await asyncpg.connect(admin_url)
    *first, last = statements
    # `BEGIN; LOCK …; SELECT pg_sleep(…)` in one: the lock is there before the sleep.
    for statement in first:
        await connection.execute(statement, timeout=60)
    sleeping = asyncio.create_task(_run_until_ended(connection, last))
    try:
        await asyncio.sleep(1)
        yield
    finally:
        sleeping.cancel()
        await asyncio.gather(sleeping, return_exceptions=True)
        # `close` waits until the statement is cancelled. A server does not notice while it sleeps that its client is gone: locks would stay.
        with suppress(asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, ConnectionError):
            await connection.close(timeout=20)


async def _run_until_ended(connection: Any, statement: str) -> None:
    with suppress(*ENDED):
        await connection.execute(statement)


@asynccontextmanager
async def asking(stage: Stage, token: str, every_s: float) -> AsyncIterator[None]:
    """Somebody lists tickets again and again, whatever the answer is."""

    async def ask_for_ever() -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=20, headers=headers) as client:
            while True:
                with suppress(httpx.TransportError):
                    await client.get(f"{stage.site.intakes[0]}/v1/tickets")
                await asyncio.sleep(every_s)

    caller = asyncio.create_task(ask_for_ever())
    try:
        yield
    finally:
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)


def session_that_sleeps(rows: str, column: str) -> str:
    """The PID of the row about the session of the drill, which sleeps. Raises LookupError."""
    found: set[str] = set()
    for row in rows.splitlines():
        if "pg_sleep" in row:
            found |= set(re.findall(rf"'{column}': (\d+)", row))
    if len(found) != 1:
        raise LookupError(f"no single session of the drill in:\n{rows}")
    return found.pop()


def sole_holder(rows: str) -> str:
    """The PID of the one session that holds a lock and is no replica's. Raises LookupError."""
    found = re.findall(r"'pid': (\d+)", rows)
    if len(found) != 1 or "'opsdesk " in rows:
        raise LookupError(f"no single session that is nobody's work in:\n{rows}")
    return str(found[0])
