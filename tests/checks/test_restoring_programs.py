"""The way back by the programs of deploy/backup: a broken dump takes nothing away, and no restoration ends at an instant of another one."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from opsdesk_local import open_state
from opsdesk_local.errors import LocalRunError
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import unprivileged_user

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy/backup"
PATIENCE_S: Final = 60


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
    assert not list(one_schema.dump.parent.glob("tmp.*")), "the SQL is not left behind"


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


@dataclass(frozen=True, slots=True)
class Archived:
    """A server of its own that archives its WAL, and the programs, run as PostgreSQL's own user."""

    folder: Path
    postgres: Postgres

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    def run(self, script: str, *words: object) -> str:
        programs = postgres_programs(open_state())
        environment = {
            "ADMIN_DATABASE_URL": self.postgres.admin_url,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "PG_VERIFYBACKUP": "true",  # that of the embedded PostgreSQL's package crashes at once
        }
        command = ["bash", self.folder / "scripts" / script, *words]
        user = unprivileged_user()
        return run_to_end(command, what=script, folder=self.folder, user=user, env=environment)

    async def ask(self, sql: str) -> object:
        connection = await asyncpg.connect(self.postgres.admin_url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def store(self, number: int) -> None:
        await self.ask(f"INSERT INTO numbers VALUES ({number})")

    async def instant(self) -> object:
        """The present moment, in a second after that of the last base backup, whose name has no more."""
        name = max(path.name for path in self.folder.glob("base-*"))
        passed = (
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')"
        )
        async with asyncio.timeout(PATIENCE_S):
            while f"base-{await self.ask(passed)}" <= name:  # noqa: ASYNC110 - see below
                await asyncio.sleep(0.05)
        return await self.ask("SELECT clock_timestamp()::text")

    async def close_segment(self) -> None:
        """Wait until what was done so far is in the archive."""
        name = await self.ask("SELECT pg_walfile_name(pg_switch_wal())")
        async with asyncio.timeout(PATIENCE_S):
            while not (self.wal / str(name)).exists():  # noqa: ASYNC110 - PostgreSQL tells nobody
                await asyncio.sleep(0.05)

    async def lose_and_restore(self, *instant: object) -> object:
        """All numbers, after the server's disk was lost and it came back from backup and archive."""
        await asyncio.to_thread(self.postgres.kill)
        shutil.rmtree(self.postgres.data)
        made = self.folder / "made"
        await asyncio.to_thread(self.run, "restore-server", made, self.folder, self.wal, *instant)
        shutil.move(made, self.postgres.data)
        await asyncio.to_thread(self.postgres.start)
        async with asyncio.timeout(PATIENCE_S):
            while await self.ask("SELECT pg_is_in_recovery()"):  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.05)
        return await self.ask("SELECT array_agg(n ORDER BY n) FROM numbers")

    def left_over(self) -> list[str]:
        """Lines of the settings that are about recovery."""
        lines = (self.postgres.data / "postgresql.auto.conf").read_text().splitlines()
        return [line for line in lines if line.startswith(("recovery_", "restore_"))]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of PostgreSQL's own user, with the programs of deploy/backup in it."""
    made = open_state().test / f"restoring-{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    (made / "wal").mkdir(parents=True)
    shutil.copytree(FOLDER, made / "scripts")
    if user := unprivileged_user():
        for path in (made, *made.rglob("*")):
            os.chown(path, user.uid, user.gid)
    yield made
    shutil.rmtree(made)


@pytest.fixture
async def archived(folder: Path) -> AsyncIterator[Archived]:
    settings = {
        "archive_mode": "on",
        "archive_command": f'bash {folder}/scripts/archive "%p" %f {folder}/wal',
    }
    postgres = Postgres(
        folder / "server", postgres_programs(open_state()), "x", durable=False, settings=settings
    )
    await asyncio.to_thread(postgres.start)
    made = Archived(folder, postgres)
    await made.ask("CREATE TABLE numbers (n int)")
    yield made
    await asyncio.to_thread(postgres.kill)


async def test_a_restoration_to_an_instant_is_of_no_effect_on_the_next_one(
    archived: Archived,
) -> None:
    """Base backups copy the settings of the server that came back. Everything since would be lost, without a word."""
    await archived.store(1)
    await asyncio.to_thread(archived.run, "base", archived.folder)
    await archived.store(2)
    instant = await archived.instant()
    await archived.store(3)
    await archived.close_segment()
    assert await archived.lose_and_restore(instant) == [1, 2]
    assert archived.left_over() == []

    # As an earlier release of the programs has left it, and every base backup since.
    await archived.ask(f"ALTER SYSTEM SET recovery_target_time = '{instant}'")
    await asyncio.to_thread(archived.run, "base", archived.folder)
    await archived.store(4)
    await archived.close_segment()
    assert await archived.lose_and_restore() == [1, 2, 4]
    assert archived.left_over() == []

    await archived.store(5)
    instant = await archived.instant()
    await archived.store(6)
    await archived.close_segment()
    assert await archived.lose_and_restore(instant) == [1, 2, 4, 5]


def base_backup(folder: Path) -> Path:
    made = folder / "base-20300107T020000Z"
    (made / "pg_wal").mkdir(parents=True)
    (made / "PG_VERSION").write_text("18")
    for path in (made, *made.rglob("*")):
        if user := unprivileged_user():
            os.chown(path, user.uid, user.gid)
    return made


def restore_server(folder: Path, verify: str = "true") -> str:
    return run_to_end(
        ["bash", folder / "scripts/restore-server", folder / "data", folder, folder / "wal"],
        what="restore-server", folder=folder, user=unprivileged_user(),
        env={"PATH": os.environ["PATH"], "PG_VERIFYBACKUP": verify},
    )  # fmt: skip


def test_a_half_made_data_folder_is_not_filled_up(folder: Path) -> None:
    """`cp` would copy into it, and the server start from a mixture of two backups."""
    base_backup(folder)
    half = folder / "data.new"
    half.mkdir()
    with pytest.raises(LocalRunError, match="restoration that broke off"):
        restore_server(folder)
    assert (list(half.iterdir()), (folder / "data").exists()) == ([], False)
    half.rmdir()
    restore_server(folder)
    assert (folder / "data/PG_VERSION").exists()
    assert (folder / "data/recovery.signal").exists()


def test_a_backup_that_is_not_whole_is_not_restored(folder: Path) -> None:
    """It is looked at before anything is written into the copy: afterwards it is another one than its manifest says."""
    base_backup(folder)
    verify = folder / "verify"
    verify.write_text('#!/bin/sh\n[ ! -e "$1/recovery.signal" ] && [ ! -e "$1/pg_wal" ]\n')
    verify.chmod(0o755)
    with pytest.raises(LocalRunError):
        restore_server(folder, str(verify))
    assert (folder / "data").exists() is (folder / "data.new").exists() is False
    (folder / "base-20300107T020000Z/pg_wal").rmdir()
    restore_server(folder, str(verify))
    assert (folder / "data/PG_VERSION").exists()
