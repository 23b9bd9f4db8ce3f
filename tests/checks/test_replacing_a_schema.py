"""One service from a dump: a dump that is missing, cut off or of another service takes nothing away."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from opsdesk_local.postgres_programs import postgres_programs

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

FOLDER: Final = Path(__file__).parents[2] / "deploy/backup"


def run(program: str, *words: object, environment: Mapping[str, str]) -> tuple[int, str]:
    """How a program of deploy/backup ended, and what it printed, with its errors."""
    done = subprocess.run(
        ["bash", FOLDER / program, *map(str, words)],
        env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


@dataclass(frozen=True, slots=True)
class OneSchema:
    """A database with a schema of sla in it, and a dump of that."""

    url: str
    dump: Path
    environment: Mapping[str, str]

    async def execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url)
        await connection.execute(sql)
        await connection.close()

    async def rows(self) -> int:
        connection = await asyncpg.connect(self.url)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM sla.kept"))
        finally:
            await connection.close()

    async def replace(self, schema: str = "sla", path: str | None = None) -> tuple[int, str]:
        environment = {**self.environment, **({"PATH": path} if path else {})}
        return await asyncio.to_thread(
            run, "replace-schema", schema, self.dump, environment=environment
        )


@pytest.fixture
async def one_schema(servers: "Servers", tmp_path: Path) -> AsyncIterator[OneSchema]:
    from opsdesk_local import drop_database
    from opsdesk_local.roles import at_database

    name = f"test_{os.getpid()}_replaced"
    url = at_database(servers.admin_url, name)
    admin = await asyncpg.connect(servers.admin_url)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    environment = {
        "PATH": f"{postgres_programs(servers.state)}:{os.environ['PATH']}",
        "ADMIN_DATABASE_URL": url,
        "TMPDIR": str(tmp_path),
    }
    made = OneSchema(url, tmp_path / "sla.dump", environment)
    # More than pg_dump compresses into its first block.
    await made.execute(
        "CREATE SCHEMA sla; CREATE TABLE sla.kept AS"
        " SELECT n, md5(n::text) || md5((-n)::text) AS words FROM generate_series(1, 20000) AS n"
    )
    dump = ["pg_dump", url, "--format=custom", "--schema=sla", f"--file={made.dump}"]
    await asyncio.to_thread(subprocess.run, dump, check=True, env=environment)
    yield made
    await drop_database(servers.admin_url, name)


async def test_a_schema_becomes_what_its_dump_holds(one_schema: OneSchema) -> None:
    await one_schema.execute("DELETE FROM sla.kept; CREATE TABLE sla.newer (n int)")
    code, printed = await one_schema.replace()
    assert code == 0, printed
    assert await one_schema.rows() == 20_000
    with pytest.raises(asyncpg.UndefinedTableError):
        await one_schema.execute("TABLE sla.newer")
    assert not list(one_schema.dump.parent.glob("replace.*")), "the SQL is not left behind"


@pytest.mark.parametrize("share", [None, 0, 0.01, 0.5, 0.99], ids=str)
async def test_a_dump_that_is_missing_or_cut_off_leaves_the_schema_as_it_is(
    one_schema: OneSchema, share: float | None
) -> None:
    whole = one_schema.dump.read_bytes()
    one_schema.dump.unlink()
    if share is not None:
        one_schema.dump.write_bytes(whole[: int(len(whole) * share)])
    code, printed = await one_schema.replace()
    assert code != 0
    assert "pg_restore" in printed
    assert await one_schema.rows() == 20_000


async def test_a_program_that_breaks_off_leaves_the_schema_as_it_is(
    one_schema: OneSchema, tmp_path: Path
) -> None:
    """A pg_restore that is older than the dump, a full disk."""
    programs = tmp_path / "programs"
    programs.mkdir()
    stand_in = programs / "pg_restore"
    stand_in.write_text(
        '#!/bin/sh\nfile=${1#--file=}\n[ "$file" = - ] && file=/dev/stdout\n'
        'echo "CREATE SCHEMA sla;" >"$file"\nexit 1\n'
    )
    stand_in.chmod(0o755)
    code, _ = await one_schema.replace(path=f"{programs}:{one_schema.environment['PATH']}")
    assert code == 1
    assert await one_schema.rows() == 20_000


async def test_a_dump_of_another_service_replaces_nothing(one_schema: OneSchema) -> None:
    await one_schema.execute("ALTER SCHEMA sla RENAME TO intake")
    code, printed = await one_schema.replace("intake")
    assert (code, "is no dump of intake" in printed) == (1, True)
    await one_schema.execute("ALTER SCHEMA intake RENAME TO sla")
    assert await one_schema.rows() == 20_000
