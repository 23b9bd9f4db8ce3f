"""What breaks off, lies there broken or is written otherwise than usual: deploy/backup loses nothing, keeps nothing and shows nothing."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from opsdesk_local import open_state
from opsdesk_local.postgres_programs import postgres_programs

from .test_backup_programs import aged, run

FAILS: Final = """#!/usr/bin/env bash
printf '%s\\n' "$@" >>"$SEEN"
for word; do [[ $word != --file=* ]] || echo "half a dump" >"${word#--file=}"; done
exit 1
"""
DIES: Final = """#!/usr/bin/env bash
for last; do :; done
echo half >"$last"
kill -KILL $PPID
"""
"""A copying that has written a part when its backup is killed."""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Where intake keeps files, and where backups go to."""
    return tmp_path / "files", tmp_path / "backups"


def program(folder: Path, name: str, text: str) -> Mapping[str, str]:
    """An environment in which that program is the given one."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "SEEN": str(folder / "seen")}


def files_below(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in found}


def test_a_copy_that_was_cut_short_is_made_again(folders: tuple[Path, Path]) -> None:
    """It is newer than the file itself, since whatever cut it short wrote it later."""
    files, backups = folders
    aged(files / "ab/cd/whole", 30).write_text("the whole file")
    aged(backups / "attachments/ab/cd/whole", 0).write_text("the who")
    os.utime(files / "ab/cd/whole", (1_000_000_000,) * 2)
    run("files", files, backups)
    copy = backups / "attachments/ab/cd/whole"
    assert copy.read_text() == "the whole file"
    assert copy.stat().st_mtime == 1_000_000_000


def test_a_copying_that_is_killed_leaves_no_broken_file(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    files, backups = folders
    aged(files / "ab/cd/whole", 1).write_text("the whole file")
    killing = program(tmp_path / "programs", "cp", DIES)
    run("files", files, backups, environment=killing, fails=True)
    copies = backups / "attachments"
    assert files_below(copies) == {".part": "half\n"}
    run("files", files, backups)
    assert files_below(copies) == {"ab/cd/whole": "the whole file"}
    assert not (backups / "attachments-deleted").exists()


def test_what_a_killed_copying_left_is_no_file_of_a_storage_that_is_not_mounted(
    folders: tuple[Path, Path],
) -> None:
    files, backups = folders
    files.mkdir()
    aged(backups / "attachments/.part", 1)
    run("files", files, backups)
    assert files_below(backups) == {}


def test_what_is_arriving_is_not_copied(folders: tuple[Path, Path]) -> None:
    files, backups = folders
    aged(files / "ab/cd/whole", 1)
    aged(files / "incoming/upload", 0)
    run("files", files, backups)
    assert set(files_below(backups / "attachments")) == {"ab/cd/whole"}


def base_backup(backups: Path, day: int, segment: str) -> None:
    folder = backups / f"base-203002{day:02}T020000Z"
    folder.mkdir(parents=True)
    (folder / "backup_label").write_text(f"START WAL LOCATION: 0/5000028 (file {segment})\n")


def test_wal_of_a_newer_base_backup_on_another_timeline_is_kept(tmp_path: Path) -> None:
    """After a restoration to an instant the server goes on in an earlier segment than that of the oldest base backup."""
    before, back, after = "1" + "0" * 14 + "20", "2" + "0" * 14 + "11", "2" + "0" * 14 + "10"
    segments = {name: f"{name:0>24}" for name in (before, back, after)}
    for day, name in ((6, before), (7, back), (8, before)):
        base_backup(tmp_path, day, segments[name])
    for name in segments.values():
        aged(tmp_path / "wal" / name, 1)
    programs = postgres_programs(open_state())
    run("prune", tmp_path, 99_999, environment={"PATH": f"{programs}:{os.environ['PATH']}"})
    remaining = {path.name for path in (tmp_path / "wal").iterdir()}
    assert remaining == {segments[before], segments[back]}


def test_what_backups_that_broke_off_have_left_goes_after_a_day(tmp_path: Path) -> None:
    gone = [
        aged(tmp_path / ".base.4711", 2, folder=True),
        aged(tmp_path / ".intake.4712", 2),
        aged(tmp_path / "wal/.000000010000000000000005.4713", 2),
    ]
    remaining = [
        aged(tmp_path / ".base.4714", 0.5, folder=True),
        aged(tmp_path / ".sla.4715", 0.5),
        aged(tmp_path / "wal/.000000010000000000000006.4716", 0.5),
        aged(tmp_path / "wal/000000010000000000000005", 2),
        aged(tmp_path / "attachments/ab/.cd.4717", 2),
    ]
    run("prune", tmp_path, 35)
    assert [path.exists() for path in gone] == [False] * len(gone)
    assert [path.exists() for path in remaining] == [True] * len(remaining)


def test_a_dump_that_fails_leaves_nothing(tmp_path: Path) -> None:
    failing = program(tmp_path / "programs", "pg_dump", FAILS)
    backups = tmp_path / "backups"
    backups.mkdir()
    address = {"ADMIN_DATABASE_URL": "postgresql://dba:secret@db/opsdesk"}
    run("dump", backups, "intake", environment={**failing, **address}, fails=True)
    assert list(backups.iterdir()) == []


def test_a_segment_that_cannot_be_made_safe_leaves_nothing(tmp_path: Path) -> None:
    """PostgreSQL tries again each minute: what remained each time would fill the archive."""
    segment = aged(tmp_path / "pg_wal/000000010000000000000005", 0)
    failing = program(tmp_path / "programs", "sync", FAILS)
    archive = tmp_path / "wal"
    archive.mkdir()
    run("archive", segment, segment.name, archive, environment=failing, fails=True)
    assert list(archive.iterdir()) == []
    run("archive", segment, segment.name, archive)
    assert [path.name for path in archive.iterdir()] == [segment.name]


def test_a_password_with_a_question_mark_is_taken_out_of_the_address(tmp_path: Path) -> None:
    seen = program(tmp_path / "programs", "pg_dump", FAILS)
    address = {"ADMIN_DATABASE_URL": "postgresql://dba:pa?ss@db/opsdesk?sslmode=require"}
    run("dump", tmp_path, "intake", environment={**seen, **address}, fails=True)
    first = Path(seen["SEEN"]).read_text(encoding="utf-8").splitlines()[0]
    assert first == "postgresql://dba@db/opsdesk?sslmode=require"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("host=db user=dba password=secret", "is no address"),
        ("postgresql://dba:sec/ret@db/opsdesk", "write / as %2F in it, and @ as %40"),
        ("postgresql://dba:sec@ret@db/opsdesk", "write / as %2F in it, and @ as %40"),
        ("postgresql://dba:sec/re?t@db:5432/opsdesk", "write / as %2F in it, and @ as %40"),
    ],
)
def test_an_address_whose_password_cannot_be_taken_out_is_refused(
    tmp_path: Path, address: str, says: str
) -> None:
    seen = program(tmp_path / "programs", "pg_dump", FAILS)
    environment = {**seen, "ADMIN_DATABASE_URL": address}
    printed = run("dump", tmp_path, "intake", environment=environment, fails=True)
    assert says in printed
    assert "ret" not in printed
    assert not Path(seen["SEEN"]).exists(), "no program was given it"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://db.example.com:5432/opsdesk",
        "postgres://dba@db.example.com:5432/opsdesk?application_name=ops@x",
        "postgresql:///opsdesk?host=/var/run/postgresql",
        "postgresql://dba@[::1]:5432/opsdesk",
    ],
)
def test_an_address_without_a_password_stays_as_it_is(tmp_path: Path, address: str) -> None:
    seen = program(tmp_path / "programs", "pg_dump", FAILS)
    run("dump", tmp_path, "intake", environment={**seen, "ADMIN_DATABASE_URL": address}, fails=True)
    assert Path(seen["SEEN"]).read_text(encoding="utf-8").splitlines()[0] == address
