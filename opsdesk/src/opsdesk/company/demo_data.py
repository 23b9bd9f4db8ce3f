"""The demo company's book (`deploy/demo/company.toml`), read as it is written there."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opsdesk.errors import Trouble
from opsdesk_local.state import CLONE

BOOK = CLONE / "deploy" / "demo" / "company.toml"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token says of its holder: a member of staff, a customer's contact, or a machine."""

    sub: str
    name: str
    email: str | None = None
    roles: tuple[str, ...] = ()
    customer: str | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The chapters as written: a list of entries each."""

    chapters: Mapping[str, Any]

    def entries(self, chapter: str) -> list[Entry]:
        return list(self.chapters.get(chapter, ()))

    def identities(self) -> dict[str, Identity]:
        """Everybody who may come with a token of the local issuer, by the name they log in with."""
        staff = (
            Identity(one["sub"], one["name"], one["email"], tuple(one["roles"]))
            for one in self.entries("people")
        )
        contacts = (
            Identity(one["login"], one["name"], one["email"], ("customer",), one["customer"])
            for one in self.entries("contacts")
        )
        machines = (
            Identity(one["sub"], one["name"], scope=one["scope"])
            for one in self.entries("machines")
        )
        return {one.sub: one for one in (*staff, *contacts, *machines)}


def read_book(file: Path | None = None) -> Book:
    """`file`, else the one that `OPSDESK_COMPANY` names, else that of this clone."""
    file = file or Path(os.environ.get("OPSDESK_COMPANY", BOOK))
    try:
        return Book(tomllib.loads(file.read_text()))
    except OSError as error:
        raise Trouble(f"{file} cannot be read ({error.strerror}); set OPSDESK_COMPANY.") from None
    except tomllib.TOMLDecodeError as error:
        raise Trouble(f"{file} is no TOML: {error}") from None
