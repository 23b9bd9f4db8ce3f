"""What `make run` asks of the `opsdesk` package: tokens for people, and a company to work with."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from opsdesk_local.processes import run_to_end


def issue_tokens(issuer: Path) -> None:
    """Before the services start: lays the issuer's keys and a token per demo person there."""
    issuer.mkdir(parents=True, exist_ok=True)
    _opsdesk("company", "tokens", str(issuer), what="Issuing tokens", folder=issuer)


def load_demo_company(folder: Path) -> None:
    """After all services are ready: what is missing of the demo company comes in."""
    _opsdesk("company", "load", what="Loading the demo company", folder=folder)


def _opsdesk(*arguments: str, what: str, folder: Path) -> None:
    if find_spec("opsdesk.__main__") is not None:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        line = [sys.executable, "-m", "opsdesk", *arguments]
        run_to_end(line, what=what, folder=folder, env=environment)
