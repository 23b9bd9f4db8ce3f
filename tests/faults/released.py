"""The last release, taken from this repository's history and installed beside today's code.

Its commit is that of the tag `v<version>`. 0.1.0 has none: its commit is named here. A shallow clone has neither:
`git fetch --unshallow --tags` brings them (`.ci/nightly` does).
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.release.changelog import released_versions
from opsdesk_local.state import CLONE, State

WITHOUT_TAG = {"0.1.0": "e0d06cb3007ebf09f46255c68983cb6502952724"}
PACKAGES = (
    "libs/common",
    "services/intake",
    "services/sla",
    "services/escalation",
    "services/delivery-gate",
)


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was released, and its commit."""

    version: str
    commit: str


def last_release() -> Release:
    """Return the newest release before the commit at hand. Raises LocalRunError where the history is missing."""
    here = _git("rev-parse", "HEAD")
    for version in released_versions(CLONE):
        commit = _commit_of(version)
        if commit is not None and commit != here:
            return Release(version, commit)
    raise LocalRunError(
        "The commit of no release is in this clone. A shallow one gets them by `git fetch --unshallow --tags`."
    )


def install(release: Release, state: State) -> Path:
    """Return the Python of a virtual environment with the release's packages, made once (a minute)."""
    home = state.downloads / f"release-{release.version}-{release.commit[:12]}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        _unpack(release, fresh / "sources")
        _install(fresh / "sources", fresh / "installed")
        try:
            fresh.rename(home)
        except OSError:  # another test run was faster
            shutil.rmtree(fresh)
    return home / "installed/bin/python"


def sources(release: Release, state: State) -> Path:
    """Return the folder with the release's sources; it is installed already."""
    return state.downloads / f"release-{release.version}-{release.commit[:12]}" / "sources"


def _unpack(release: Release, folder: Path) -> None:
    folder.mkdir(parents=True)
    archive = ["git", "-C", str(CLONE), "archive", release.commit]
    with subprocess.Popen(archive, stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-x", "-C", str(folder)], stdin=packed.stdout, check=True)
    if packed.returncode:
        raise LocalRunError(f"git archive {release.commit} failed")


def _install(tree: Path, environment: Path) -> None:
    """From the pins of that release."""
    uv = Path(sys.executable).with_name("uv")
    run_to_end(
        # Scripts find the folder after it is renamed.
        [uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, environment],
        what="uv venv",
        folder=tree,
    )
    run_to_end(
        [uv, "pip", "install", "--quiet", "--no-sources", "-c", "constraints.txt", *PACKAGES],
        what="Installing the last release",
        folder=tree,
        env={**os.environ, "VIRTUAL_ENV": str(environment)},
    )


def _commit_of(version: str) -> str | None:
    """Return the commit of a version, if this clone has it."""
    for name in (f"v{version}", WITHOUT_TAG.get(version)):
        if name and (found := _git("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")):
            return found
    return None


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=CLONE, capture_output=True, text=True, check=False)
    return done.stdout.strip()
