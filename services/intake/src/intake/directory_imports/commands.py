"""Store the rows of a file of the directory, batch by batch, and say what became of each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from common.auth import Caller
from common.domain import Rejection
from common.errors import Conflict
from common.http import RequestModel
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from intake.directory.commands import change, register
from intake.directory.domain.changes import changed_fields, with_changes, with_roles
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer, Partner, Person
from intake.directory.import_batches import store_in_batches
from intake.directory.schemas import (
    CustomerCreate,
    EnvironmentCreate,
    PartnerCreate,
    PersonCreate,
)
from intake.directory.store import CUSTOMERS, ENVIRONMENTS, PARTNERS, PEOPLE, DirectoryRepository
from intake.directory_imports.domain import (
    CHANGEABLE,
    COLUMNS,
    DirectoryFile,
    DirectoryKind,
    DirectoryReport,
    DirectoryRow,
    ImportedRow,
    Outcome,
)

BATCH_SIZE: Final = 100
"""Lines that one transaction stores."""
ENDED: Final = "it was ended; register it anew under another name"
_REPOSITORIES: Final[Mapping[DirectoryKind, DirectoryRepository[Any]]] = {
    "customers": CUSTOMERS,
    "environments": ENVIRONMENTS,
    "partners": PARTNERS,
    "staff": PEOPLE,
}
_SCHEMAS: Final[Mapping[DirectoryKind, type[RequestModel]]] = {
    "customers": CustomerCreate,
    "environments": EnvironmentCreate,
    "partners": PartnerCreate,
    "staff": PersonCreate,
}


class _Refused(Exception):
    """Why a line is not stored."""


@dataclass(slots=True)
class DirectoryImport:
    """One import: who asks, what the file holds, and whether it is only tried."""

    caller: Caller
    kind: DirectoryKind
    dry_run: bool
    seen: dict[str, int] = field(default_factory=dict)

    async def run(self, database: Database, file: DirectoryFile) -> DirectoryReport:
        """Store the rows of the file, and report on each."""
        items = await store_in_batches(
            database, file.rows, BATCH_SIZE, self._store_batch, self._refuse
        )
        return DirectoryReport(self.kind, self.dry_run, items, file.not_understood)

    async def _store_batch(
        self, tx: Connection, rows: Sequence[DirectoryRow]
    ) -> Sequence[ImportedRow]:
        """What became of each row, which are stored in the order of keys: two files never wait for each other."""
        before = dict(self.seen)
        try:
            ordered = sorted(rows, key=lambda row: (self._key(row) or "", row.line))
            items = [await self._report(tx, row) for row in ordered]
        except BaseException:
            self.seen = before  # it may be tried again
            raise
        return sorted(items, key=lambda item: item.line)

    def _key(self, row: DirectoryRow) -> str | None:
        return row.values.get(COLUMNS[self.kind][0])

    def _refuse(self, row: DirectoryRow, why: str) -> ImportedRow:
        return ImportedRow(row.line, self._key(row), "refused", (why,))

    async def _report(self, tx: Connection, row: DirectoryRow) -> ImportedRow:
        key = self._key(row)
        try:
            return ImportedRow(row.line, key, await self._store(tx, row, key or ""))
        except ValidationError as error:
            problems = tuple(_describe(one) for one in error.errors())
            return ImportedRow(row.line, key, "refused", problems)
        except _Refused as refused:
            return ImportedRow(row.line, key, "refused", (str(refused),))
        except Conflict as conflict:
            return ImportedRow(row.line, key, "refused", (conflict.detail,))

    async def _store(self, tx: Connection, row: DirectoryRow, key: str) -> Outcome:
        values: dict[str, Any] = dict(row.values)
        if "roles" in values:
            values["roles"] = [one for one in re.split(r"[\s,;|]+", values["roles"]) if one]
        existing = await _REPOSITORIES[self.kind].find(tx, key) if key else None
        if existing is not None:
            # What the file leaves out stays; what it says is checked like everything that is sent.
            values = _present(self.kind, existing) | values
        owner = values.pop("customer", None) if self.kind == "environments" else None
        wanted = _SCHEMAS[self.kind].model_validate(
            {"roles": [], **values} if self.kind == "staff" else values
        )
        if earlier := self.seen.get(key):
            raise _Refused(f"line {earlier} has the same {COLUMNS[self.kind][0]}")
        self.seen[key] = row.line
        fields = wanted.model_dump()
        self._check_tier(fields, existing)
        if existing is not None:
            return await self._update(tx, existing, fields, owner)
        record = await self._record(tx, fields, owner)
        if self.dry_run:
            return "created"
        stored = await register(tx, self.caller.actor, _REPOSITORIES[self.kind], record, key)
        # Another file may have stored the same meanwhile.
        return "created" if stored.id == record.id else "unchanged"

    def _check_tier(self, fields: Mapping[str, Any], existing: Any) -> None:
        if self.kind != "customers" or self.caller.has_permission("agreements:write"):
            return
        if fields["tier"] != (None if existing is None else existing.tier):
            raise _Refused("tier: agreements promise by it; somebody who writes agreements sets it")

    async def _record(self, tx: Connection, fields: Mapping[str, Any], owner: str | None) -> Any:
        if self.kind == "customers":
            return Customer(id=uuid7(), **fields)
        if self.kind == "partners":
            return Partner(id=uuid7(), **fields)
        if self.kind == "environments":
            if owner is None:
                raise _Refused("customer: say whose environment it is")
            customer = await CUSTOMERS.find(tx, owner)
            if customer is None:
                raise _Refused(f"customer: there is no customer {owner}")
            if customer.retired:
                raise _Refused(f"customer: {customer.key} was ended")
            return Environment(id=uuid7(), customer_id=customer.id, customer=customer.key, **fields)
        person = Person(id=uuid7(), **{**fields, "roles": ()})
        at = await transaction_time(tx)
        return with_roles(person, tuple(fields["roles"]), self.caller.sub, at)

    async def _update(
        self, tx: Connection, existing: Any, fields: Mapping[str, Any], owner: str | None
    ) -> Outcome:
        if existing.retired:
            raise _Refused(ENDED)
        given = dict(fields) | ({} if owner is None else {"customer": owner})
        differing = {
            name: value for name, value in given.items() if not _is_same(existing, name, value)
        }
        if fixed := sorted(differing.keys() - CHANGEABLE[self.kind]):
            raise _Refused(f"{', '.join(fixed)}: not changed by a file")
        if not differing:
            return "unchanged"
        if not self.dry_run:
            repository = _REPOSITORIES[self.kind]
            name = getattr(existing, COLUMNS[self.kind][0])
            before = await repository.lock(tx, name)
            assert before is not None, "it was found by its key"
            if before.retired:
                raise _Refused(ENDED)
            after = with_changes(before, differing)
            action = f"{type(before).__name__.lower()}.update"
            grounds = {"fields": list(changed_fields(before, after))}
            stored = await change(tx, self.caller.actor, action, repository, before, after, grounds)
            assert not isinstance(stored, Rejection), "it was no rejection before it was stored"
        return "updated"


def _present(kind: DirectoryKind, existing: Any) -> dict[str, Any]:
    present = {name: getattr(existing, name) for name in COLUMNS[kind]}
    if isinstance(existing, Person):
        present["roles"] = list(_roles(existing))
    return present


def _roles(person: Person) -> Sequence[str]:
    """The roles as they were asked for: those that wait for a second person are the same file's."""
    return person.pending.roles if person.pending else person.roles


def _is_same(existing: Any, name: str, value: Any) -> bool:
    if name == "roles":
        return set(value) == set(_roles(existing))
    return bool(getattr(existing, name) == value)


def _describe(error: Any) -> str:
    where = "/".join(str(step) for step in error["loc"])
    return f"{where}: {error['msg']}"
