"""What `make run` needs from the `opsdesk` package: tokens and the demo company."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from opsdesk_local.processes import run_to_end


def issue_tokens(issuer: Path) -> None:
    """Create the issuer's keys and a token for everybody of the demo company, before the services."""
    issuer.mkdir(parents=True, exist_ok=True)
    _opsdesk("company", "tokens", str(issuer), what="Issuing tokens", folder=issuer)


def load_demo_company(folder: Path) -> None:
    """Load what is missing of the demo company, once all services are ready."""
    _opsdesk("company", "load", what="Loading the demo company", folder=folder)


def _opsdesk(*arguments: str, what: str, folder: Path) -> None:
    if find_spec("opsdesk.__main__") is not None:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        line = [sys.executable, "-m", "opsdesk", *arguments]
        run_to_end(line, what=what, folder=folder, env=environment)
