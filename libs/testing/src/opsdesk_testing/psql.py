"""PostgreSQL's program `psql`, as the role of the BI tools."""

import asyncio
import shutil
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class PsqlOutput:
    """The output: rows of cells, the errors, and whether all commands succeeded."""

    rows: list[list[str]]
    errors: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Psql:
    """`await psql(r"\\dv", "SELECT 1")` runs the commands one after the other in one session."""

    program: Path
    url: str

    async def __call__(self, *commands: str) -> PsqlOutput:
        """Run commands, up to the first one that fails."""
        process = await self.start()
        return await self.finish(process, *commands)

    async def start(self) -> Process:
        """Start a session, to be ended by `finish`."""
        options = ("--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--field-separator=\t")
        stop = ("--set=ON_ERROR_STOP=1", "--file=-")
        return await asyncio.create_subprocess_exec(
            self.program, *options, *stop, self.url, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )

    async def finish(self, process: Process, *commands: str) -> PsqlOutput:
        typed = "".join(f"{one}\n" if one[0] == "\\" else f"{one};\n" for one in commands)
        async with asyncio.timeout(TIMEOUT_S):
            out, errors = await process.communicate(typed.encode())
        rows = [line.split("\t") for line in out.decode().splitlines() if line]
        return PsqlOutput(rows, errors.decode(), process.returncode == 0)


def create_psql(servers: "Servers", database: str) -> Psql:
    """Create a psql as `opsdesk_reporting`, on a database of these servers."""
    from opsdesk_local.postgres_programs import postgres_programs
    from opsdesk_local.roles import reporting_url

    program = postgres_programs(servers.state) / "psql"
    found = str(program) if program.exists() else shutil.which("psql")
    assert found is not None, "there is no psql beside PostgreSQL's programs, nor on this machine"
    return Psql(Path(found), reporting_url(servers.admin_url, servers.state.password, database))
