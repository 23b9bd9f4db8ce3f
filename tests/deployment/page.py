"""What docs/deploy.md says to write into a service's files of settings, read as Docker and systemd read such files.

Neither takes a comment away that stands behind a value, or quotes around it (Docker): so nothing is taken away here.
"""

import re
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[2] / "docs/deploy.md"
_BLOCK: Final = re.compile(r"^```\n((?:#[^\n]*\n|OPSDESK_\w+=[^\n]*\n)+)```$", re.MULTILINE)


def settings_files() -> tuple[dict[str, str], dict[str, str]]:
    """Return what is in `intake.env` and in `intake.owner.env`: name to value. Raises ValueError where the page has other blocks."""
    own, owner = map(read_settings, _BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    return own, owner


def read_settings(text: str) -> dict[str, str]:
    """Return a file of settings as `docker run --env-file` takes it."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
