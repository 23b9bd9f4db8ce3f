"""Helm, which renders the chart: the one on this machine, else built from its source by Go."""

import os
import shutil
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

MODULE = "helm.sh/helm/v3/cmd/helm@v3.22.0"


def helm(state: State) -> Path:
    """Return the program, built once (minutes). Raises LocalRunError."""
    if found := shutil.which("helm"):
        return Path(found)
    home = state.downloads / f"helm-{MODULE.rpartition('@')[2]}"
    if not (home / "helm").exists():
        _build(home)
    return home / "helm"


def _build(home: Path) -> None:
    if not (go := shutil.which("go")):
        raise LocalRunError("helm is missing: install Helm 3, or Go, with which it is built.")
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    environment = {**os.environ, "GOBIN": str(fresh), "CGO_ENABLED": "0"}
    run_to_end([go, "install", MODULE], what="Building helm", folder=fresh, env=environment)
    fresh.rename(home)
