"""One backup that fails keeps no other from being made, and says so: to cron or systemd, to Prometheus, to PostgreSQL."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from opsdesk_testing.waiting import until

from .test_backup_programs import FOLDER, aged, run
from .test_broken_backups import program

CONTAINER: Final = FOLDER.parent / "compose/backup"
DUMPS: Final = """#!/usr/bin/env bash
case "$*" in *schema=escalation*) echo "no matching schemas were found" >&2; exit 1 ;; esac
for word; do [[ $word != --file=* ]] || echo "a dump" >"${word#--file=}"; done
"""
"""A pg_dump of a database without escalation."""


def test_a_service_that_is_not_deployed_keeps_no_other_from_being_dumped(tmp_path: Path) -> None:
    """By themselves those are dumped that are there; of those that are named each is tried."""
    programs, backups, textfiles = (tmp_path / name for name in ("programs", "backups", "told"))
    backups.mkdir()
    textfiles.mkdir()
    program(programs, "psql", "#!/bin/sh\necho intake\necho sla\n")
    environment = {
        **program(programs, "pg_dump", DUMPS),
        "ADMIN_DATABASE_URL": "postgresql://db/opsdesk",
        "TEXTFILES": str(textfiles),
    }
    printed = run(
        "dump", backups, "escalation", "intake", "sla", environment=environment, fails=True
    )
    assert "there is none of escalation" in printed
    assert {path.name.split("-")[0] for path in backups.iterdir()} == {"intake", "sla"}
    assert list(textfiles.iterdir()) == [], "they are not whole"
    for path in backups.iterdir():
        path.unlink()
    run("dump", backups, environment=environment)
    assert {path.name.split("-")[0] for path in backups.iterdir()} == {"intake", "sla"}
    (metric,) = textfiles.iterdir()
    assert "\nopsdesk_backup_dumps_last_success_timestamp_seconds " in metric.read_text()


def test_a_database_without_any_of_our_schemas_is_the_wrong_one(tmp_path: Path) -> None:
    programs = program(tmp_path / "programs", "psql", "#!/bin/sh\n")
    environment = {**programs, "ADMIN_DATABASE_URL": "postgresql://db/postgres"}
    assert "no schema of ours" in run("dump", tmp_path, environment=environment, fails=True)


def test_files_that_are_copied_are_told(tmp_path: Path) -> None:
    files, backups = tmp_path / "files", tmp_path / "backups"
    aged(files / "ab/cd/whole", 1)
    (tmp_path / "told").mkdir()
    environment = {"PATH": os.environ["PATH"], "TEXTFILES": str(tmp_path / "told")}
    failing = program(tmp_path / "programs", "cp", "#!/bin/sh\nexit 1\n")
    run("files", files, backups, environment={**environment, **failing}, fails=True)
    assert list((tmp_path / "told").iterdir()) == []
    run("files", files, backups, environment=environment)
    (metric,) = (tmp_path / "told").iterdir()
    assert "\nopsdesk_backup_files_last_success_timestamp_seconds " in metric.read_text()


def test_an_archive_that_hangs_has_failed_and_postgresql_counts_it(tmp_path: Path) -> None:
    """It counts no failure by a signal, or with a code above 125; a mount that hangs lets no program end by itself."""
    segment = aged(tmp_path / "pg_wal/000000010000000000000005", 0)
    hanging = program(tmp_path / "programs", "cp", "#!/bin/sh\ntrap '' TERM\nsleep 600\n")
    (tmp_path / "wal").mkdir()
    done = subprocess.run(
        ["bash", FOLDER / "archive", segment, segment.name, tmp_path / "wal"],
        env={**hanging, "ARCHIVE_SECONDS": "0.2"}, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"does {tmp_path}/wal hang?" in done.stderr


@pytest.fixture
def container(tmp_path: Path) -> Mapping[str, str]:
    """The environment of the container `backup`, with programs that write down that they ran; `dump` fails."""
    for name in ("base", "dump", "files"):
        code = "exit 1" if name == "dump" else ""
        program(tmp_path / "programs", name, f'echo {name} >>"$SEEN"\n{code}\n')
    (tmp_path / "url").write_text("postgresql://db/opsdesk")
    (tmp_path / "backups").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "SEEN": str(tmp_path / "seen"),
        "ADMIN_DATABASE_URL_FILE": str(tmp_path / "url"),
        "BACKUP_AT": "02:00",
        "BACKUP_DAYS": "35",
        "BACKUPS_FOLDER": str(tmp_path / "backups"),
        "PROGRAMS_FOLDER": str(tmp_path / "programs"),
        "AGAIN_SECONDS": "0",
    }


def test_a_dump_that_fails_keeps_the_container_from_no_other_copy(
    container: Mapping[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(["bash", CONTAINER, "now"], env=container, check=False)
    assert done.returncode == 1
    assert (tmp_path / "seen").read_text().split() == ["base", "dump", "files"]
    whole = {path.name for path in (tmp_path / "backups").iterdir()}
    assert whole == {".whole-base", ".whole-files"}


async def test_what_failed_is_tried_again_before_the_next_day(
    container: Mapping[str, str], tmp_path: Path
) -> None:
    for name in ("base", "files"):
        (tmp_path / f"backups/.whole-{name}").touch()
    daily = await asyncio.create_subprocess_exec("bash", CONTAINER, "daily", env=container)
    seen = tmp_path / "seen"
    try:
        await until(lambda: seen.exists() and len(seen.read_text().split()) >= 3)
    finally:
        daily.kill()
        await daily.wait()
    assert set(seen.read_text().split()) == {"dump"}, "what is whole is not made each hour"
