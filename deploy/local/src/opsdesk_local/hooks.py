"""What `make run` does besides running things; both are commands of the `opsdesk` package."""

import sys
from importlib.util import find_spec
from pathlib import Path

from opsdesk_local.processes import run_to_end


def issue_tokens(folder: Path) -> None:
    """Before the services start: lays the local issuer's keys and a token per demo person."""


def load_demo_company(folder: Path) -> None:
    """After all services are ready: loads the demo company through their public API, once."""
    if find_spec("opsdesk.__main__") is None:
        return
    run_to_end(
        [sys.executable, "-m", "opsdesk", "demo-company"],
        what="Loading the demo company",
        folder=folder,
    )
