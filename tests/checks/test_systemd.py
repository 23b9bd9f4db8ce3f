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
    assert first.index("systemctl start opsdesk-migrate@sla") < first.index(
        "systemctl enable --now opsdesk@sla"
    )
    back = release.split("Back, ", 1)[1].split("## ")[0]
    assert "systemctl restart opsdesk@sla" in back
    assert "start opsdesk-migrate" not in back


def test_a_new_release_gets_its_schema_before_any_start_can_mean_it() -> None:
    """A service that ended meanwhile would come back as the new release, on the older schema; and where `migrate` fails nothing changes."""
    release = (FOLDER / "README.md").read_text(encoding="utf-8").split("## A new release")[1]
    block = release.split("\n\n")[2]
    steps = [" ".join(step.split()) for step in block.replace("\\\n", " ").split("&&")]
    assert [step.split()[0] for step in steps] == ["systemd-run", "ln", "systemctl"]
    assert steps[0].endswith("$release/bin/service migrate")
    assert "sla.owner.env" in steps[0]
    assert steps[1:] == ["ln -sfn $release /opt/opsdesk/sla", "systemctl restart opsdesk@sla"]


def test_the_folders_of_backups_are_made_for_who_writes_into_them() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    block = settings_in_the_readme("backup.env")
    made = f"install -d -o postgres -g postgres -m 700 {block['BACKUPS']} {block['WAL']}\n"
    assert made in readme
    assert readme.index(made) < readme.index("systemctl restart postgresql")
    assert f'deploy/backup/archive \\"%p\\" %f {block["WAL"]}' in readme


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_names_among_the_sources_is_there(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    named = re.findall(r"/opt/opsdesk/(?!%i)[\w./-]+", text)
    for path in named:
        assert path.startswith(SOURCES), path
        assert (ROOT / path.removeprefix(SOURCES)).is_file(), path
    assert f"`{SOURCES.rstrip('/')}`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def started(unit: Path) -> dict[str, list[str]]:
    """By program of deploy/backup: the settings that it is given, in order."""
    lines = re.findall(
        rf"^ExecStart={SOURCES}deploy/backup/(\w+) (.*)$", unit.read_text(), re.MULTILINE
    )
    return {program: re.findall(r"\$\{(\w+)\}", words) for program, words in lines}


def settings_in_the_readme(file: str) -> dict[str, str]:
    """What the first block behind the file's name sets."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    block = re.search(
        r"(?:^    \w+=.*\n)+", readme[readme.index(f"`/etc/opsdesk/{file}`") :], re.MULTILINE
    )
    assert block
    return dict(line.strip().split("=", 1) for line in block[0].splitlines())


def test_the_backup_gets_what_its_programs_take() -> None:
    given = started(FOLDER / "opsdesk-backup.service")
    assert given == {"base": ["BACKUPS", "BACKUP_DAYS", "WAL"]}
    assert started(FOLDER / "opsdesk-dumps.service") == {"dump": ["BACKUPS"]}
    block = settings_in_the_readme("backup.env")
    assert set(block) >= {*given["base"], "ADMIN_DATABASE_URL", "TEXTFILES"}
    # Debian has pg_verifybackup there alone.
    assert re.match(r"/usr/lib/postgresql/\d+/bin:.*:/bin$", block["PATH"])


@pytest.mark.parametrize("program", ["base", "dump", "files"])
def test_no_backup_waits_for_another_one(program: str) -> None:
    """systemd leaves out whatever stands behind an `ExecStart=` that has failed."""
    [unit] = [one for one in FOLDER.glob("*.service") if program in started(one)]
    assert next(iter(started(unit))) == program
    assert "-backup" not in unit.read_text().split("[Unit]")[1].split("[Service]")[0]


def test_the_copy_of_files_gets_what_its_programs_take() -> None:
    given = started(FOLDER / "opsdesk-backup-files.service")
    assert given == {
        "files": ["FILES", "FILES_BACKUPS"],
        "prune": ["FILES_BACKUPS", "BACKUP_DAYS"],
    }
    block = settings_in_the_readme("backup-files.env")
    assert set(block) == {"FILES", "FILES_BACKUPS", "BACKUP_DAYS", "TEXTFILES"}, (
        "no password for this user"
    )


def test_a_timer_starts_whatever_is_to_be_made_each_day() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    made: set[str] = set()
    for timer in FOLDER.glob("*.timer"):
        assert f"systemctl enable --now {timer.name}" in readme
        made |= set(started(timer.with_suffix(".service")))
    assert made >= {"base", "dump", "files"}
