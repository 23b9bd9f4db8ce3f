"""Prometheus, and its `promtool`, which tries alert rules: those on this machine, else those of Debian's package."""

import os
import shutil
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

PACKAGE = "prometheus"


def promtool(state: State) -> Path:
    """Return the program, downloaded once without installing it. Raises LocalRunError."""
    return _program(state, "promtool")


def prometheus(state: State) -> Path:
    """Return the server, from the same package. Raises LocalRunError."""
    return _program(state, "prometheus")


def _program(state: State, name: str) -> Path:
    if found := shutil.which(name):
        return Path(found)
    home = state.downloads / "promtool"
    if not home.exists():
        _fetch(state, home)
    return home / "usr/bin" / name


def _fetch(state: State, home: Path) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise LocalRunError(
            "promtool is missing: install Prometheus (Debian: apt-get install prometheus)."
        )
    state.downloads.mkdir(exist_ok=True)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir()
    run_to_end(["apt-get", "download", PACKAGE], what="Downloading promtool", folder=fresh)
    (package,) = fresh.glob("*.deb")
    run_to_end(["dpkg-deb", "-x", package.name, "."], what="Unpacking promtool", folder=fresh)
    package.unlink()
    fresh.rename(home)
