"""The logins of this user: tokens in files that only they can read."""

import json
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from opsdesk.api_client import ApiClient
from opsdesk.endpoints import find_endpoints
from opsdesk.errors import CliError
from opsdesk.invocation import current
from opsdesk.json_output import collect
from opsdesk.transport import open_http_client, secret

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")


def save_login(name: str, token: str) -> None:
    """Store a login beside others, and make it the one that counts without `--as`."""
    for file in (_file_of(name), _last_login()):
        _write_private(file, {"name": name, "token": token})


def stored_token() -> str:
    """Return the token of `--as`, else `OPSDESK_TOKEN` or the content of `OPSDESK_TOKEN_FILE`, else that of the last login.

    Raises CliError without any.
    """
    name = current().login
    if name is not None:
        return _read_token(_file_of(name), f"You are not logged in as {name}: opsdesk login {name}")
    if given := secret("OPSDESK_TOKEN"):
        return given
    return _read_token(_last_login(), "You are not logged in: opsdesk login anna")


def logins() -> list[str]:
    """Return the names of all logins, sorted; `--as NAME` chooses one."""
    return sorted(file.stem for file in _folder().joinpath("logins").glob("*.json"))


def _read_token(file: Path, otherwise: str) -> str:
    try:
        return str(json.loads(file.read_text())["token"])
    except (OSError, ValueError, KeyError):
        raise CliError(otherwise) from None


def _write_private(file: Path, content: Mapping[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream)


@asynccontextmanager
async def own_client() -> AsyncIterator[ApiClient]:
    """Open a client with the token of this user."""
    endpoints = find_endpoints()
    async with open_http_client() as client:
        own = ApiClient(client, endpoints, stored_token())
        yield own
        collect(own.responses)


def _file_of(name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise CliError(f"{name!r} is no name of a login: letters, digits, dots and dashes.")
    return _folder() / "logins" / f"{name}.json"


def _last_login() -> Path:
    return _folder() / "login.json"


def _folder() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "opsdesk"
