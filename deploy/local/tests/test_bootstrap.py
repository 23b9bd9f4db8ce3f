"""`bootstrap`: returns at once when nothing changed, and says what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).parents[1] / "bootstrap"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that decide what is installed, and nothing else of a clone."""
    (tmp_path / "deploy" / "local").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, tmp_path / "deploy" / "local")
    (tmp_path / "deploy" / "local" / "pyproject.toml").touch()
    (tmp_path / "services" / "sla").mkdir(parents=True)
    (tmp_path / "services" / "sla" / "pyproject.toml").touch()
    (tmp_path / "opsdesk").mkdir()
    (tmp_path / "opsdesk" / "pyproject.toml").touch()
    (tmp_path / "constraints.txt").touch()
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


def bootstrap(clone: Path, programs: list[str], **environment: str) -> tuple[int, str]:
    """Runs it where only these programs and a few of the shell's exist; exit code and output."""
    program_folder = clone / "programs"
    program_folder.mkdir(exist_ok=True)
    for program in ["sh", "dirname", "cat", "sha256sum", "cut", "sed", "rm", "flock", *programs]:
        link = program_folder / program
        if not link.exists():
            link.symlink_to(shutil.which(program) or "")
    chosen = {"PATH": str(program_folder), "HOME": os.environ["HOME"], **environment}
    line = [clone / "deploy" / "local" / "bootstrap"]
    done = subprocess.run(
        line, env=chosen, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout


def pretend_installed(clone: Path) -> None:
    """A virtual environment with a stamp that names the present files."""
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(shutil.which("python3") or "")
    digest = subprocess.run(
        f"cat constraints.txt pyproject.toml ./*/pyproject.toml ./*/*/pyproject.toml {clone}/deploy/local/bootstrap | sha256sum | cut -d' ' -f1",
        shell=True,
        cwd=clone,
        capture_output=True,
        check=True,
    ).stdout
    (clone / ".venv" / ".opsdesk").write_bytes(digest)


def test_nothing_changed_nothing_done(clone: Path) -> None:
    pretend_installed(clone)
    assert bootstrap(clone, []) == (0, "")


def test_a_changed_pyproject_is_noticed(clone: Path) -> None:
    pretend_installed(clone)
    (clone / "services" / "sla" / "pyproject.toml").write_text("changed")
    code, output = bootstrap(clone, [])
    assert (code, output.count("\n")) == (1, 1)


def test_no_java(clone: Path) -> None:
    assert bootstrap(clone, ["python3"]) == (
        1,
        "Kafka needs Java 17: apt-get install openjdk-17-jre-headless\n",
    )


def test_no_maven(clone: Path) -> None:
    code, output = bootstrap(clone, ["python3", "java"])
    assert (code, output) == (1, "Fetching Kafka needs Maven: apt-get install maven\n")


def test_no_python(clone: Path) -> None:
    code, output = bootstrap(clone, [], OPSDESK_KAFKA_BOOTSTRAP_SERVERS="given:9092")
    assert (code, output) == (
        1,
        "OpsDesk needs Python 3.11 or newer: apt-get install python3 python3-venv\n",
    )


def test_python_without_venv(clone: Path) -> None:
    """As Debian ships it: `python3` alone has no `ensurepip`."""
    (clone / "programs").mkdir()
    half = clone / "programs" / "python3"
    half.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n')
    half.chmod(0o755)
    code, output = bootstrap(clone, [], OPSDESK_KAFKA_BOOTSTRAP_SERVERS="given:9092")
    assert (code, output) == (1, "Python's venv module is missing: apt-get install python3-venv\n")
