"""The programs of deploy/backup: no password among arguments, nothing older than it may be, no service that still runs."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from opsdesk_local import open_state
from opsdesk_local.postgres_programs import postgres_programs

if TYPE_CHECKING:
    from opsdesk_local.servers import Servers

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy/backup"
READ: Final = {"address", "recovery", "running", "success"}
"""What programs read, and nobody runs."""
PROGRAMS: Final = sorted(path for path in FOLDER.iterdir() if path.name not in READ)
PASSWORD, ESCAPED = "p@ss/\\word", "p%40ss%2F\\word"
URL: Final = f"postgresql://dba:{ESCAPED}@db.example.com:5432/opsdesk?sslmode=verify-full"
DAY_S: Final = 86_400
NEEDED, NEEDLESS = "0" * 15 + "1" + "0" * 7 + "5", "0" * 15 + "1" + "0" * 7 + "4"
"""Segments of WAL: the first one that the backup needs, and the one before it."""
SCHEMA, LOGIN = "intake", "opsdesk_intake_2"
STAND_IN: Final = """#!{python}
import json, os, pathlib, sys
with open(os.environ["SEEN"], "a") as seen:
    seen.write(json.dumps([*sys.argv, os.environ.get("PGPASSWORD")]) + "\\n")
for word in sys.argv:
    name, _, value = word.partition("=")
    if name == "--pgdata":
        pathlib.Path(value).mkdir()
        line = "START WAL LOCATION: 0/5000028 (file {needed})\\n"
        (pathlib.Path(value) / "backup_label").write_text(line)
    if name == "--file" and value != "-":
        pathlib.Path(value).write_text("a dump")
if "to_char" in sys.argv[-1]:
    print("20300107T020000Z")
if "pg_namespace" in sys.argv[-1]:
    print("intake")
"""


def run(
    program: str, *words: object, environment: Mapping[str, str] | None = None, fails: bool = False
) -> str:
    """What it printed, with its errors."""
    done = subprocess.run(
        ["bash", FOLDER / program, *map(str, words)],
        env={"PATH": os.environ["PATH"], "PG_VERIFYBACKUP": "true", **(environment or {})},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert bool(done.returncode) is fails, done.stdout
    return done.stdout


@pytest.fixture
def stand_ins(tmp_path: Path) -> Mapping[str, str]:
    """Programs that write down how they were called, in the place of PostgreSQL's."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("pg_basebackup", "psql", "pg_dump", "pg_archivecleanup"):
        program = programs / name
        program.write_text(STAND_IN.format(python=sys.executable, needed=NEEDED))
        program.chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SEEN": str(tmp_path / "seen"),
        "ADMIN_DATABASE_URL": URL,
    }


def calls(stand_ins: Mapping[str, str]) -> list[str]:
    return Path(stand_ins["SEEN"]).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_can_be_read_by_bash(program: Path) -> None:
    subprocess.run(["bash", "-n", program], check=True)
    assert os.access(program, os.X_OK)


@pytest.mark.parametrize("words", [("base",), ("dump",)])
def test_no_password_is_among_the_arguments_of_what_runs_for_hours(
    stand_ins: Mapping[str, str], tmp_path: Path, words: tuple[str]
) -> None:
    """Everybody on the machine sees them; the environment only the same user."""
    backups = tmp_path / "backups"
    (backups / "wal").mkdir(parents=True)
    run(*words, backups, environment=stand_ins)
    with_address = [call for call in calls(stand_ins) if "db.example.com" in call]
    assert with_address
    for call in with_address:
        arguments, _, environment = call.rpartition(", ")
        assert ESCAPED.replace("\\", "\\\\") not in arguments
        assert "postgresql://dba@db.example.com:5432/opsdesk?sslmode=verify-full" in arguments
        assert environment == '"p@ss/\\\\word"]', "unescaped, as libpq takes it"


def test_no_program_hands_the_whole_address_on() -> None:
    for program in (*PROGRAMS, ROOT / "deploy/compose/backup"):
        for line in program.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                assert not re.search(r"(psql|pg_\w+) .*ADMIN_DATABASE_URL", line), line


def test_a_password_among_the_options_of_the_address_is_refused(
    stand_ins: Mapping[str, str], tmp_path: Path
) -> None:
    hidden = {**stand_ins, "ADMIN_DATABASE_URL": "postgresql://db/opsdesk?user=a&password=b"}
    assert "NAME:PASSWORD@" in run("dump", tmp_path, fails=True, environment=hidden)


def aged(path: Path, days: float, *, folder: bool = False) -> Path:
    """A file, or a folder with one, that was made so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        path.mkdir()
        line = f"START WAL LOCATION: 0/5000028 (file {NEEDED})\n"
        (path / "backup_label").write_text(line)
    else:
        path.write_text("x")
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))
    return path


def test_nothing_is_kept_longer_than_it_may_be(tmp_path: Path) -> None:
    gone = [
        aged(tmp_path / "base-20300101T020000Z", 36, folder=True),
        aged(tmp_path / "sla-20300101T020000Z.dump", 36),
        aged(tmp_path / "attachments-deleted/20300101", 36, folder=True),
        aged(tmp_path / "wal" / NEEDLESS, 1),
    ]
    recent = [
        aged(tmp_path / "base-20300206T020000Z", 34, folder=True),
        aged(tmp_path / "sla-20300206T020000Z.dump", 34),
        aged(tmp_path / "attachments-deleted/20300206", 34, folder=True),
        aged(tmp_path / "attachments/ab/abc", 400),
        aged(tmp_path / "wal" / NEEDED, 36),
    ]
    programs = postgres_programs(open_state())
    run("prune", tmp_path, 35, environment={"PATH": f"{programs}:{os.environ['PATH']}"})
    assert [path.exists() for path in gone] == [False] * len(gone)
    assert [path.exists() for path in recent] == [True] * len(recent)


def test_the_newest_base_backup_stays_however_old(tmp_path: Path) -> None:
    aged(tmp_path / "base-20300101T020000Z", 99, folder=True)
    newest = aged(tmp_path / "base-20300102T020000Z", 98, folder=True)
    run("prune", tmp_path, 35)
    assert list(tmp_path.glob("base-*")) == [newest]


def test_a_base_backup_prunes_and_says_when_it_was_whole(
    stand_ins: Mapping[str, str], tmp_path: Path
) -> None:
    backups, textfiles = tmp_path / "backups", tmp_path / "textfiles"
    (backups / "wal").mkdir(parents=True)
    textfiles.mkdir()
    old = aged(backups / "base-20290101T020000Z", 99, folder=True)
    printed = run("base", backups, 35, environment={**stand_ins, "TEXTFILES": str(textfiles)})
    assert printed.strip() == f"{backups}/base-20300107T020000Z"
    assert not old.exists()
    assert any(f'"{backups}/wal", "{NEEDED}"' in call for call in calls(stand_ins))
    [metric] = textfiles.iterdir()
    name, value = metric.read_text(encoding="utf-8").splitlines()[-1].split()
    assert name == "opsdesk_backup_last_success_timestamp_seconds"
    assert abs(time.time() - int(value)) < DAY_S


def test_what_intake_deletes_ends_in_the_copy_too(tmp_path: Path) -> None:
    files, backups = tmp_path / "files", tmp_path / "backups"
    stays, erased = aged(files / "ab/stays", 1), aged(files / "cd/erased", 1)
    run("files", files, backups)
    erased.unlink()
    run("files", files, backups)
    assert (backups / "attachments" / stays.relative_to(files)).exists()
    assert not (backups / "attachments/cd/erased").exists()
    [moved] = backups.glob("attachments-deleted/*/cd/erased")
    day = moved.parents[1]
    os.utime(day, (time.time() - 36 * DAY_S,) * 2)
    run("prune", backups, 35)
    assert not day.exists()


def test_a_storage_that_is_not_mounted_deletes_nothing(tmp_path: Path) -> None:
    files, backups = tmp_path / "files", tmp_path / "backups"
    aged(files / "ab/stays", 1)
    run("files", files, backups)
    (files / "ab/stays").unlink()
    assert "as if it were not mounted" in run("files", files, backups, fails=True)
    assert (backups / "attachments/ab/stays").exists()


@pytest.fixture
async def after_a_rotation(servers: "Servers") -> AsyncIterator[str]:
    """An administrator's address of a database where the role of intake has a second login."""
    from opsdesk_local import drop_database, prepare_database
    from opsdesk_local.roles import at_database

    name = f"test_{os.getpid()}_backups"
    await prepare_database(servers.admin_url, servers.state.password, name)
    admin = await asyncpg.connect(servers.admin_url)
    await admin.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD 'x' IN ROLE opsdesk_{SCHEMA}")
    await admin.execute(f"ALTER ROLE {LOGIN} SET role = 'opsdesk_{SCHEMA}'")
    yield at_database(servers.admin_url, name)
    await drop_database(servers.admin_url, name)
    await admin.execute(f"DROP ROLE {LOGIN}")
    await admin.close()


@pytest.mark.parametrize(
    ("login", "name"),
    [(LOGIN, "opsdesk intake writes"), (LOGIN, "psql"), (None, "opsdesk intake relay")],
    ids=["second login", "second login, unnamed", "any login, by its name"],
)
async def test_a_schema_is_not_replaced_under_a_service_that_runs(
    servers: "Servers", after_a_rotation: str, tmp_path: Path, login: str | None, name: str
) -> None:
    """After the password was rotated the service's login is not called as its role is."""
    as_whom: dict[str, Any] = {} if login is None else {"user": login, "password": "x"}
    service = await asyncpg.connect(
        after_a_rotation, server_settings={"application_name": name}, **as_whom
    )
    try:
        printed = await asyncio.to_thread(
            run,
            *("restore-schema", SCHEMA, "2030-01-07 15:30:00+01"),
            *(tmp_path, tmp_path / "wal", tmp_path),
            fails=True,
            environment={
                "PATH": f"{postgres_programs(servers.state)}:{os.environ['PATH']}",
                "ADMIN_DATABASE_URL": after_a_rotation,
            },
        )
    finally:
        await service.close()
    assert f"{SCHEMA} still has connections" in printed
    assert f"as {login or 'postgres'}" in printed
    assert "stop all its replicas first" in printed
