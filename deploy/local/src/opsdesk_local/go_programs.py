"""Programs that are built from their sources by Go: for tests of what is deployed, where this machine does not have them."""

import json
import os
import shutil
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State


def go_program(state: State, package: str) -> Path:
    """Return the program of a package such as `example.com/tool/cmd/tool@v1.2.3`: the one on this machine, else built
    once (minutes). Raises LocalRunError."""
    path, _, version = package.partition("@")
    name = path.rpartition("/")[2]
    if found := shutil.which(name):
        return Path(found)
    home = state.downloads / f"{name}-{version}"
    if not (home / name).exists():
        _build(package, name, home)
    return home / name


def go_module(state: State, module: str) -> Path:
    """Return the folder of a module's sources, such as `k8s.io/kubernetes@v1.31.14`, downloaded once. Raises LocalRunError."""
    line = [_go("its sources"), "mod", "download", "-json", module]
    printed = run_to_end(line, what=f"Downloading {module}", folder=state.folder)
    return Path(json.loads(printed[printed.index("{") :])["Dir"])


def _build(package: str, name: str, home: Path) -> None:
    go = _go(name)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    environment = {**os.environ, "GOBIN": str(fresh), "CGO_ENABLED": "0"}
    run_to_end([go, "install", package], what=f"Building {name}", folder=fresh, env=environment)
    fresh.rename(home)


def _go(wanted: str) -> str:
    if found := shutil.which("go"):
        return found
    raise LocalRunError(f"{wanted}: install it, or Go, with which it is fetched.")
