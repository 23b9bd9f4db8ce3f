"""The units of deploy/systemd: a service needs nothing that may fail, and what units name is where the sources are."""

import re
from configparser import RawConfigParser
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "deploy/systemd"
UNITS: Final = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])
SOURCES: Final = "/opt/opsdesk/source/"
"""Where the README says that the sources of a release are."""
STARTS_OTHERS: Final = {"Requires", "Requisite", "BindsTo", "PartOf"}


class Unit(RawConfigParser):
    """A unit of systemd; where a line may come several times the last one is kept."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr  # names of systemd have capitals


def read(unit: Path) -> Unit:
    found = Unit(strict=False)
    found.read_string(unit.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_unit_dies_with_another_one(unit: Path) -> None:
    """`Restart=` does not apply to a start that failed for a dependency: the service would stay dead."""
    assert not STARTS_OTHERS & set(read(unit)["Unit"])


def test_a_service_starts_without_its_schema_being_changed() -> None:
    """So that the release before can be started again; its `migrate` does not know the newer revision."""
    unit = read(FOLDER / "opsdesk@.service")
    for line in ("Wants", "After"):
        assert "migrate" not in unit["Unit"][line]
    assert unit["Service"]["Restart"] == "always"
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    first, release = readme.split("## A new release")
    for part, begins in ((first, "enable --now opsdesk@sla"), (release, "restart opsdesk@sla")):
        assert part.index("systemctl start opsdesk-migrate@sla") < part.index(f"systemctl {begins}")
    back = release.split("Back, ", 1)[1].split("## ")[0]
    assert "systemctl restart opsdesk@sla" in back
    assert "start opsdesk-migrate" not in back


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_names_among_the_sources_is_there(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    named = re.findall(r"/opt/opsdesk/(?!%i)[\w./-]+", text)
    for path in named:
        assert path.startswith(SOURCES), path
        assert (ROOT / path.removeprefix(SOURCES)).is_file(), path
    assert f"`{SOURCES.rstrip('/')}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_backup_gets_what_its_program_takes() -> None:
    [line] = re.findall(
        r"^ExecStart=(.*)$", (FOLDER / "opsdesk-backup.service").read_text(), re.MULTILINE
    )
    given = re.findall(r"\$\{(\w+)\}", line)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    block = set(re.findall(r"^    (\w+)=", readme, re.MULTILINE))
    assert given == ["BACKUPS", "BACKUP_DAYS", "WAL"]
    assert block >= {*given, "ADMIN_DATABASE_URL", "TEXTFILES"}
