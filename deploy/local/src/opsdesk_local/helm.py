"""Helm, which renders the chart: the one on this machine, else built from its source by Go."""

from pathlib import Path

from opsdesk_local.go_programs import go_program
from opsdesk_local.state import State

PACKAGE = "helm.sh/helm/v3/cmd/helm@v3.22.0"


def helm(state: State) -> Path:
    """Return the program, built once (minutes). Raises LocalRunError."""
    return go_program(state, PACKAGE)
