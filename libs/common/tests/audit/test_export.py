"""R16: an outsider checks an export alone, with nothing but Python."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from common.audit.export import ExportFilter, export
from common.audit.verify import verify
from common.persistence.database import Database

from .conftest import AT

Spoil = Callable[[Path], None]


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the exported verifier as an outsider would: isolated from everything installed."""
    command = [sys.executable, "-I", "-S", str(folder / "verifier.py"), str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
async def exported(trail: Database, tmp_path: Path) -> Path:
    folder = tmp_path / "trail"
    await export(trail, folder, "sla")
    return folder


async def test_an_export_is_checked_without_us(exported: Path, trail: Database) -> None:
    head = (await verify(trail)).head
    assert check(exported, "--head", head) == (
        0,
        f"whole: 9 entries checked, 0 withheld, 3 seals, head {head}\n",
    )
    assert json.loads((exported / "entries.jsonl").read_bytes().splitlines()[4])["who"] == "anna"


async def test_a_part_is_checked_like_the_whole(trail: Database, tmp_path: Path) -> None:
    """One customer's entries, nothing shown of the others."""
    summary = await export(trail, tmp_path / "part", "sla", ExportFilter(subject="ticket/1"))
    assert "3 entries checked, 6 withheld" in summary
    assert check(tmp_path / "part")[0] == 0
    assert "ticket/2" not in (tmp_path / "part" / "entries.jsonl").read_text()


@pytest.mark.parametrize(
    ("part", "given"),
    [
        (ExportFilter(who="anna"), 9),
        (ExportFilter(who="omar"), 0),
        (ExportFilter(since=AT), 9),
        (ExportFilter(until=AT), 0),
        (ExportFilter(subject="ticket/2", who="anna", since=AT), 3),
    ],
)
async def test_parts_by_person_and_time(
    trail: Database, tmp_path: Path, part: ExportFilter, given: int
) -> None:
    summary = await export(trail, tmp_path / "part", "sla", part)
    assert f"{given} entries checked, {9 - given} withheld" in summary


def edit(name: str, old: str, new: str) -> Spoil:
    """Change a file, and the manifest's digest of it, as a careful forger would."""

    def spoil(folder: Path) -> None:
        import hashlib

        path = folder / name
        changed = path.read_text().replace(old, new, 1)
        assert changed != path.read_text()
        path.write_text(changed)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return spoil


def drop_line(name: str, number: int) -> Spoil:
    def spoil(folder: Path) -> None:
        line = (folder / name).read_text().splitlines(keepends=True)[number - 1]
        edit(name, line, "")(folder)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (edit("entries.jsonl", "because 5", "because 6"), "entry 5 was changed"),
        (drop_line("entries.jsonl", 4), "entry 4 was sealed and is not in the export"),
        (edit("entries.jsonl", '"position": 2', '"position": 77'), "entry 77 is in no seal"),
        (drop_line("seals.jsonl", 2), "seal 2 is missing"),
        (drop_line("seals.jsonl", 3), "entry 7 is in no seal"),
        (edit("seals.jsonl", '"size": 3', '"size": 4'), "seal 1 does not match its entries"),
        (edit("seals.jsonl", "20", "19"), "seal 1 was changed"),
    ],
)
async def test_an_outsider_finds_what_was_changed(exported: Path, spoil: Spoil, named: str) -> None:
    spoil(exported)
    assert check(exported) == (1, f"NOT WHOLE: {named}\n")


async def test_a_head_noted_elsewhere_must_be_in_the_chain(exported: Path) -> None:
    assert check(exported, "--head", f"2:{'ab' * 32}")[0] == 1


async def test_an_export_overwrites_nothing(trail: Database, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("here")
    with pytest.raises(SystemExit, match="not empty"):
        await export(trail, tmp_path, "sla")
