"""The way back of a server by deploy/backup: no restoration ends at an instant of another one, and none mixes two backups."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from opsdesk_local import open_state
from opsdesk_local.errors import LocalRunError
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import unprivileged_user

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy/backup"
PATIENCE_S: Final = 60


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


def test_a_missing_program_is_named_before_hours_of_copying(folder: Path) -> None:
    """Debian has PostgreSQL's own programs in a folder that is in nobody's PATH."""
    base_backup(folder)
    with pytest.raises(LocalRunError, match="pg_verifybackup-none is not in PATH"):
        restore_server(folder, "pg_verifybackup-none")
    assert not (folder / "data.new").exists()
