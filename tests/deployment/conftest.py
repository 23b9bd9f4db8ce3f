"""A release, built once from a clean clone for all tests that use one."""

import os
import subprocess
from pathlib import Path

import pytest

from opsdesk_local import open_state
from opsdesk_local.helm import helm
from opsdesk_local.release import read_version
from opsdesk_local.release.build import build
from opsdesk_local.release.record import write_record

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what is committed, with the record that a release needs."""
    folder = tmp_path_factory.mktemp("release") / "clone"
    run(ROOT, "git", "clone", "--quiet", "--shared", str(ROOT), str(folder))
    write_record(folder, read_version(folder))
    identity = ("-c", "user.name=Anna", "-c", "user.email=anna@meridian.example")
    run(folder, "git", "add", "--all")
    run(folder, "git", *identity, "commit", "--quiet", "--allow-empty", "--message", "A release")
    return folder


@pytest.fixture(scope="session")
def built(clone: Path) -> Path:
    """The folder of what `make release` builds, but images."""
    return clone / "dist" / build(clone, clone / "dist", with_images=False)


@pytest.fixture(scope="session")
def program() -> Path:
    return helm(open_state())


def run(folder: Path, *line: str, **environment: str) -> str:
    """Run a program to its end; return what it printed. Raises AssertionError where it fails."""
    done = subprocess.run(
        line,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
