"""The login of this user: a token in a file that only they can read."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from opsdesk.api_client import ApiClient
from opsdesk.endpoints import find_endpoints
from opsdesk.errors import CliError
from opsdesk.transport import open_http_client, secret


def save_login(name: str, token: str) -> None:
    file = _login_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump({"name": name, "token": token}, stream)


def stored_token() -> str:
    """Return `OPSDESK_TOKEN`, or the content of `OPSDESK_TOKEN_FILE`, else the token of the last login. Raises CliError without either."""
    if given := secret("OPSDESK_TOKEN"):
        return given
    try:
        return str(json.loads(_login_file().read_text())["token"])
    except (OSError, ValueError, KeyError):
        raise CliError("You are not logged in: opsdesk login anna") from None


@asynccontextmanager
async def own_client() -> AsyncIterator[ApiClient]:
    """Open a client with the token of this user."""
    endpoints = find_endpoints()
    async with open_http_client() as client:
        yield ApiClient(client, endpoints, stored_token())


def _login_file() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "opsdesk" / "login.json"
