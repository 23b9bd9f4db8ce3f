"""The restore drill: backups as ops make them, a disaster, and the way back as the runbooks say it.

Under load, with PostgreSQL's own programs and the scripts of `deploy/backup`. What is printed is how much was lost (RPO)
and how long the service was away (RTO); what must hold is what the history checker finds.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from opsdesk_local.errors import LocalRunError
from opsdesk_local.postgres import Postgres
from opsdesk_local.postgres_programs import postgres_programs
from opsdesk_local.processes import run_to_end
from opsdesk_local.service import SERVICES
from opsdesk_local.state import unprivileged_user
from tests.faults.conftest import FaultSite, speaker
from tests.faults.site import Site, site
from tests.faults.test_restored_backups import (
    fetch_value,
    highest_number,
    not_listed_by_receivers,
    numbers_given_twice,
    run_restored,
    wait_until_applied,
    work_on_shortened_tickets,
)

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
RATE, SECONDS = 40, 6.0
RECOVERY_S = 120


@dataclass(frozen=True, slots=True)
class Backups:
    """Where backups lie, and the scripts that make and use them, run as PostgreSQL's own user."""

    folder: Path
    site: Site

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def postgres(self) -> Postgres:
        assert self.site.servers.postgres is not None
        return self.site.servers.postgres

    def run(self, script: str, *words: object) -> str:
        environment = {
            "ADMIN_DATABASE_URL": self.site.admin_url,
            "PATH": f"{postgres_programs(self.site.servers.state)}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            # That of the embedded PostgreSQL's package crashes at once: here the restore itself shows the backup whole.
            "PG_VERIFYBACKUP": "true",
        }
        command = ["bash", self.folder / "scripts" / script, *words]
        return run_to_end(
            command, what=script, folder=self.folder, user=unprivileged_user(), env=environment
        )


@pytest.fixture
async def archiving(
    tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[FaultSite, Backups]]:
    """A site whose PostgreSQL archives its WAL."""
    async with site(tmp_path) as running:
        folder = running.servers.state.test / f"backups-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        backups = Backups(folder, running)
        backups.wal.mkdir(parents=True)
        shutil.copytree(ROOT / "deploy/backup", folder / "scripts")
        if user := unprivileged_user():
            for path in (folder, *folder.rglob("*")):
                os.chown(path, user.uid, user.gid)
        await archive(backups)
        yield FaultSite(running, speaker(request)), backups
        shutil.rmtree(folder)


async def archive(backups: Backups) -> None:
    """Turn archiving on, as the set-up of a server does: it takes a restart."""
    command = f'bash {backups.folder}/scripts/archive "%p" %f {backups.wal}'
    admin = await asyncpg.connect(backups.postgres.admin_url)
    await admin.execute("ALTER SYSTEM SET archive_mode = on")
    await admin.execute("ALTER SYSTEM SET archive_timeout = '5s'")
    await admin.execute(f"ALTER SYSTEM SET archive_command = '{command}'")
    await admin.close()
    await asyncio.to_thread(backups.postgres.restart)


def command_of(running: Site, name: str, word: str) -> None:
    """Run a command of a service as the owner of its schema may."""
    (service,) = [one for one in SERVICES if one.name == name]
    own = running.desk.environment(service)
    owner = running.desk._urls[service.module].owner
    run_to_end(
        [sys.executable, "-m", service.module, word],
        what=f"{name} {word}",
        folder=running.desk.folder,
        env=own | {"OPSDESK_MIGRATION_DATABASE_URL": owner},
    )


async def moment(running: Site) -> str:
    """The database's present instant, as an operator would write it down."""
    return str(await fetch_value(running, "SELECT clock_timestamp()::text"))


async def promote(running: Site) -> None:
    """Before that the server answers and shows a part of what it will have: `restored` refuses."""
    with pytest.raises(LocalRunError, match="still reads its archive"):
        await asyncio.to_thread(run_restored, running, "intake")
    await fetch_value(running, "SELECT pg_promote()")
    async with asyncio.timeout(RECOVERY_S):
        while await fetch_value(running, "SELECT pg_is_in_recovery()"):  # noqa: ASYNC110 - not ours
            await asyncio.sleep(0.2)


async def test_one_service_goes_back_to_an_instant_while_the_others_run(
    archiving: tuple[FaultSite, Backups],
) -> None:
    """Somebody dropped intake's tables. It goes back to shortly before; sla and the others never stop."""
    one, backups = archiving
    running = one.site
    await one.load(RATE, SECONDS).run()
    await asyncio.to_thread(backups.run, "base", backups.folder)
    load = asyncio.create_task(one.load(RATE, 2 * SECONDS).run())
    await asyncio.sleep(SECONDS)
    instant = await moment(running)
    responses = await load
    await running.wait_until_settled()
    highest, destroyed = await highest_number(running), await moment(running)
    intake = running.desk.services["intake"]
    intake.kill()
    began = time.monotonic()
    admin = await asyncpg.connect(running.admin_url)
    await admin.execute("DROP TABLE intake.messages CASCADE")
    await admin.close()

    words = ("intake", instant, backups.folder, backups.wal, backups.folder)
    output = await asyncio.to_thread(backups.run, "restore-schema", *words)
    assert "done." in output
    saved = await highest_number(running)
    await asyncio.to_thread(command_of, running, "intake", "migrate")
    await asyncio.to_thread(run_restored, running, "intake")
    await asyncio.to_thread(intake.start)
    away_s = time.monotonic() - began
    await asyncio.to_thread(command_of, running, "intake", "announce")

    await wait_until_applied(running)
    await work_on_shortened_tickets(running)
    await one.load(RATE, SECONDS).run()
    found = await one.check_history("restored", responses)
    assert 0 < saved < highest, "the instant lies between the backup and the end"
    found += await numbers_given_twice(running, saved, highest)
    found += await not_listed_by_receivers(running)
    lost_s = await fetch_value(
        running,
        "SELECT extract(epoch FROM $1::text::timestamptz - $2::text::timestamptz)::float",
        destroyed,
        instant,
    )
    one.say(
        f"\nrestore drill, one service: RPO {lost_s:.1f} s (as chosen), RTO {away_s:.1f} s, {highest - saved} tickets to do again"
    )
    assert found == []


async def test_a_lost_server_comes_back_from_the_archive(
    archiving: tuple[FaultSite, Backups],
) -> None:
    """The server's disk is gone, with what was not archived yet. All services go back, and agree again."""
    one, backups = archiving
    running = one.site
    await one.load(RATE, SECONDS).run()
    await asyncio.to_thread(backups.run, "base", backups.folder)
    await asyncio.to_thread(backups.run, "dump", backups.folder, "intake", "sla")
    responses = await one.load(RATE, 2 * SECONDS).run()
    destroyed = time.monotonic()
    for service in SERVICES:
        running.desk.services[service.name].kill()
    highest = await highest_number(running)
    last = await fetch_value(running, "SELECT max(opened_at) FROM intake.tickets")
    backups.postgres.kill()
    shutil.rmtree(backups.postgres.data)
    await asyncio.to_thread(
        backups.run, "restore-server", backups.folder / "data", backups.folder, backups.wal
    )
    shutil.move(backups.folder / "data", backups.postgres.data)
    (backups.postgres.data / "recovery.signal").rename(backups.postgres.data / "standby.signal")
    await asyncio.to_thread(backups.postgres.start)
    await promote(running)
    saved = await highest_number(running)
    restored = await fetch_value(running, "SELECT max(opened_at) FROM intake.tickets")
    for service in SERVICES:
        await asyncio.to_thread(run_restored, running, service.name)
    for service in SERVICES:
        await asyncio.to_thread(running.desk.services[service.name].start)
    away_s = time.monotonic() - destroyed
    await wait_until_applied(running)
    await work_on_shortened_tickets(running)
    await one.load(RATE, SECONDS).run()
    found = await one.check_history("restored", responses)
    found += await numbers_given_twice(running, saved, highest)
    lost_s = (last - restored).total_seconds()  # type: ignore[operator]  # two instants
    one.say(
        f"\nrestore drill, the whole server: RPO {lost_s:.1f} s (archive_timeout 5 s), RTO {away_s:.1f} s, {highest - saved} tickets to do again"
    )
    assert found == []
