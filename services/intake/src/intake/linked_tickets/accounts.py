"""The accounts of linked systems: in a file that a setting names, never in the database or the log.

The file is JSON: `{"acme-jira": {"host": "…", "user": "…", "password": "…", "webhook_secret": "…"}}`, by the
system's key. The host stands there, too: whoever changes a system's address over the API must not get the
password and the tickets that go there.
It is read again when it changes, so that an account can be changed without a restart.
"""

from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, ValidationError

MAX_BYTES: Final = 256 * 1024


class AccountMissing(Exception):
    """There is no account for a system. The message says what to do."""


class Account(BaseModel):
    """Where it is good for, with what we sign in there (Basic), and with what it signs its webhooks.

    Zendesk: `user` is `ADDRESS/token`, `password` the API token. Jira: the address and an API token.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    user: str
    password: SecretStr
    webhook_secret: SecretStr


_FILE: Final = TypeAdapter(dict[str, Account])


@cache
def accounts_at(path: str | None) -> "Accounts":
    """The accounts in this file, one object of each process."""
    return Accounts(path)


class Accounts:
    """The accounts in the file, read again when it changes."""

    def __init__(self, path: str | None) -> None:
        self._path = None if path is None else Path(path)
        self._read_at: tuple[int, int] | None = None
        self._accounts: dict[str, Account] = {}

    def get_for(self, system: str, base_url: str) -> Account:
        """The account of a system at this address. Raises AccountMissing, also where it is for another host."""
        account = self.get(system)
        host = urlsplit(base_url).hostname or ""
        if host.lower() != account.host.lower():
            raise AccountMissing(
                f"its address is at {host}, and the account in the file of OPSDESK_LINKED_SYSTEMS_FILE is for"
                f" {account.host}: correct the one that is wrong"
            )
        return account

    def get(self, system: str) -> Account:
        """The account of a system. Raises AccountMissing."""
        if self._path is None:
            raise AccountMissing("set OPSDESK_LINKED_SYSTEMS_FILE to a file with its account")
        self._refresh(self._path)
        if system not in self._accounts:
            raise AccountMissing(f"add {system!r} to the file of OPSDESK_LINKED_SYSTEMS_FILE")
        return self._accounts[system]

    def _refresh(self, path: Path) -> None:
        try:
            found = path.stat()
            version = (found.st_mtime_ns, found.st_size)
            if version == self._read_at:
                return
            with path.open("rb") as file:
                self._accounts = _FILE.validate_json(file.read(MAX_BYTES))
        except OSError as error:
            why = f"the file of OPSDESK_LINKED_SYSTEMS_FILE cannot be read: {error.strerror}"
            raise AccountMissing(why) from None
        except ValidationError:
            # Never the error itself: it would quote a secret.
            why = "the file of OPSDESK_LINKED_SYSTEMS_FILE is not what it should be: see docs/linked-tickets.md"
            raise AccountMissing(why) from None
        self._read_at = version
