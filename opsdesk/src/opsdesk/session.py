"""Who is logged in at this terminal. The token lies in a file of the user's own."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from opsdesk.api_client import Desk
from opsdesk.endpoints import find_running
from opsdesk.errors import Trouble


def keep(name: str, token: str) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as kept:
        json.dump({"name": name, "token": token}, kept)


def token() -> str:
    """`OPSDESK_TOKEN`, else that of the last login. Raises Trouble when there is neither."""
    if given := os.environ.get("OPSDESK_TOKEN"):
        return given
    try:
        return str(json.loads(_file().read_text())["token"])
    except (OSError, ValueError, KeyError):
        raise Trouble("Nobody is logged in here: opsdesk login anna") from None


@asynccontextmanager
async def own_desk() -> AsyncIterator[Desk]:
    """The desk of whoever is logged in."""
    running = find_running()
    async with httpx.AsyncClient(timeout=30) as client:
        yield Desk(client, running, token())


def _file() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "opsdesk" / "login.json"
