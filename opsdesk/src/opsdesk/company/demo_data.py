"""The data of the demo company, from `deploy/demo/company.toml`."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsdesk.errors import CliError
from opsdesk_local.state import CLONE

DEMO_DATA_FILE = CLONE / "deploy" / "demo" / "company.toml"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """The holder of a token: a member of staff, a customer's contact, a partner's person, or a machine.

    `owner` is the `sub` of who answers for a machine.
    """

    sub: str
    name: str
    email: str | None = None
    roles: tuple[str, ...] = ()
    customer: str | None = None
    partner: str | None = None
    scope: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class DemoData:
    """The sections of the file, each a list of entries."""

    sections: Mapping[str, Any]

    def entries(self, section: str) -> list[Entry]:
        return list(self.sections.get(section, ()))

    def identities(self) -> dict[str, Identity]:
        """Return everybody who may get a token of the local issuer, by login name."""
        staff = (
            Identity(
                one["sub"],
                one["name"],
                one["email"],
                tuple(one["roles"]),
                partner=self._partner_of(one),
            )
            for one in self.entries("people")
        )
        contacts = (
            Identity(one["login"], one["name"], one["email"], ("customer",), one["customer"])
            for one in self.entries("contacts")
        )
        machines = (
            Identity(one["sub"], one["name"], scope=one["scope"], owner=one.get("owner"))
            for one in self.entries("machines")
        )
        return {one.sub: one for one in (*staff, *contacts, *machines)}

    def _partner_of(self, person: Entry) -> str | None:
        """The partner (a key) whose person this is: that with the same address."""
        if "partner" not in person["roles"]:
            return None
        partners = self.entries("partners")
        return next((one["key"] for one in partners if one["email"] == person["email"]), None)


def read_demo_data(file: Path | None = None) -> DemoData:
    """Read `file`, else the one that `OPSDESK_COMPANY` names, else that of this clone."""
    file = file or Path(os.environ.get("OPSDESK_COMPANY", DEMO_DATA_FILE))
    try:
        return DemoData(tomllib.loads(file.read_text()))
    except OSError as error:
        raise CliError(f"{file} cannot be read ({error.strerror}); set OPSDESK_COMPANY.") from None
    except tomllib.TOMLDecodeError as error:
        raise CliError(f"{file} is not valid TOML: {error}") from None
