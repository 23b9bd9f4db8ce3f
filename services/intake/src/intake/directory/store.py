"""Every query about customers, contacts, environments, partners and people."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Table,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, PendingChange, Person
from intake.directory.tables import contacts, customers, environments, partners, people

_LOCK_ADDRESSES: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('contact addresses', 4))"
)

T = TypeVar("T", Customer, Contact, Environment, Partner, Person)


@dataclass(frozen=True, slots=True)
class DirectoryRepository(Generic[T]):
    """The stored records of one kind, a `noun`; `key_column` holds the name by which they are found."""

    noun: str
    table: Table
    query: Select[Any]
    key_column: ColumnElement[Any]
    factory: Callable[[Row[Any]], T]

    async def find(self, tx: Connection, name: str, *, is_shared_lock: bool = False) -> T | None:
        """The record with this key (people: `sub`; contacts: normalised address); with a shared lock nobody changes it meanwhile."""
        query = self.query.where(self.key_column == name)
        query = query.with_for_update(read=True, of=self.table) if is_shared_lock else query
        row = (await tx.execute(query)).one_or_none()
        return None if row is None else self.factory(row)

    async def lock(self, tx: Connection, name: str) -> T | None:
        """The record with this key, locked until the transaction ends; None without one.

        Ids stay, so what refers to it need not wait, such as new tickets: FOR NO KEY UPDATE.
        """
        query = (
            select(self.table.c.id).where(self.key_column == name).with_for_update(key_share=True)
        )
        found = await tx.scalar(query)
        return None if found is None else await self.find(tx, name)

    async def save(self, tx: Connection, record: T) -> T:
        """Store a change of a locked record, and return it with its next sequence."""
        stored = replace(record, sequence=record.sequence + 1)
        statement = update(self.table).where(self.table.c.id == stored.id)
        # A statement that names a key locks the row as if it changed: new tickets would wait.
        fixed = {"id"} if self.table is contacts else {"id", self.key_column.key}
        row = _row(self.table, stored)
        await tx.execute(statement.values({name: row[name] for name in row if name not in fixed}))
        return stored

    async def retire(self, tx: Connection, ids: Collection[UUID]) -> Sequence[T]:
        """End these locked records in one statement, and return them with their next sequences, oldest first."""
        ended = {"retired": True, "sequence": self.table.c.sequence + 1}
        is_given = self.table.c.id == any_(bindparam("ids", list(ids), type_=ARRAY(Uuid)))
        await tx.execute(update(self.table).where(is_given).values(ended))
        rows = await tx.execute(self.query.where(is_given).order_by(self.table.c.id))
        return [self.factory(row) for row in rows]

    async def add(self, tx: Connection, record: T) -> bool:
        """Store a record. False when its name is taken; then nothing changes."""
        statement = insert(self.table).values(_row(self.table, record)).on_conflict_do_nothing()
        return bool((await tx.execute(statement)).rowcount)

    async def page(
        self, tx: Connection, after: tuple[UUID] | None, limit: int, customer_id: UUID | None = None
    ) -> Sequence[T]:
        """Records after the id `after`, oldest first: `limit` and one more; of one customer if given."""
        query = self.query
        if customer_id is not None:
            query = query.where(self.table.c.customer_id == customer_id)
        rows = await tx.execute(page_after(query, [self.table.c.id], after, limit))
        return [self.factory(row) for row in rows]

    async def advance_sequences(
        self, tx: Connection, after: UUID | None, limit: int
    ) -> Sequence[T]:
        """Raise the sequence of the next `limit` records after the id `after`, and return them."""
        id = self.table.c.id
        ids_query = select(id).order_by(id).limit(limit).with_for_update(key_share=True)
        ids_query = ids_query if after is None else ids_query.where(id > after)
        ids = list(await tx.scalars(ids_query))
        changed = update(self.table).where(id.in_(ids)).values(sequence=self.table.c.sequence + 1)
        await tx.execute(changed)
        rows = await tx.execute(self.query.where(id.in_(ids)).order_by(id))
        return [self.factory(row) for row in rows]


async def set_wants_notices(tx: Connection, contact: UUID, *, wanted: bool) -> None:
    """Store whether a contact wants notices, on their own word; nothing that others have to hear of."""
    await tx.execute(update(contacts).where(contacts.c.id == contact).values(wants_notices=wanted))


def _row(
    table: Table, record: Customer | Contact | Environment | Partner | Person
) -> dict[str, Any]:
    row = {c.name: getattr(record, c.name) for c in table.c if hasattr(record, c.name)}
    if isinstance(record, Person):
        pending = record.pending
        row |= {
            "pending_roles": pending and list(pending.roles),
            "pending_end": pending and pending.ends,
            "pending_by": pending and pending.requested_by,
            "pending_at": pending and pending.requested_at,
        }
    return row


def _joined_with_customer(table: Table) -> Select[Any]:
    owner = customers.c.key.label("customer")
    return select(table, owner).join_from(table, customers, customers.c.id == table.c.customer_id)


def _factory_for(kind: Callable[..., T]) -> Callable[[Row[Any]], T]:
    return lambda row: kind(**row._mapping)


def _person(row: Row[Any]) -> Person:
    values = dict(row._mapping)
    roles, *rest = (values.pop(f"pending_{name}") for name in ("roles", "end", "by", "at"))
    pending = None if roles is None else PendingChange(tuple(roles), *rest)
    return Person(**values | {"roles": tuple(values["roles"]), "pending": pending})


def _contact(row: Row[Any]) -> Contact:
    values = {name: value for name, value in row._mapping.items() if name != "erased"}
    lists = ("other_addresses", "other_phones", "numbers")
    return Contact(**values | {name: tuple(values[name]) for name in lists})


CUSTOMERS: Final = DirectoryRepository(
    "Customer", customers, select(customers), customers.c.key, _factory_for(Customer)
)
CONTACTS: Final = DirectoryRepository(
    "Contact", contacts, _joined_with_customer(contacts), contacts.c.address, _contact
)
ENVIRONMENTS: Final = DirectoryRepository(
    "Environment",
    environments,
    _joined_with_customer(environments),
    environments.c.key,
    _factory_for(Environment),
)
PARTNERS: Final = DirectoryRepository(
    "Partner", partners, select(partners), partners.c.key, _factory_for(Partner)
)
PEOPLE: Final = DirectoryRepository("Person", people, select(people), people.c.sub, _person)


async def find_customers_by_name(tx: Connection, name: str) -> list[Customer]:
    """The customers with this key, else those with this name whatever its case; at most two."""
    if (customer := await CUSTOMERS.find(tx, name)) is not None:
        return [customer]
    query = CUSTOMERS.query.where(func.lower(customers.c.name) == name.lower()).limit(2)
    return [CUSTOMERS.factory(row) for row in await tx.execute(query)]


async def find_contact_by_id(tx: Connection, id: UUID) -> Contact | None:
    """The contact with this id, locked until the transaction ends; None without one."""
    query = CONTACTS.query.where(contacts.c.id == id).with_for_update(of=contacts, key_share=True)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else CONTACTS.factory(row)


async def find_contact(tx: Connection, address: str) -> Contact | None:
    """The contact with this address (normalised), the first or another one; None without one.

    Contacts who have been ended, or whose customer was, are not found.
    """
    has_address = (contacts.c.address == address) | contacts.c.other_addresses.contains([address])
    current = (~contacts.c.retired, ~customers.c.retired)
    row = (await tx.execute(CONTACTS.query.where(has_address, *current))).one_or_none()
    return None if row is None else CONTACTS.factory(row)


async def get_contact(tx: Connection, id: UUID) -> Contact | None:
    """The contact with this id, not locked; None without one."""
    row = (await tx.execute(CONTACTS.query.where(contacts.c.id == id))).one_or_none()
    return None if row is None else CONTACTS.factory(row)


async def lock_addresses(tx: Connection) -> None:
    """Let nobody else take an address until the transaction ends."""
    await tx.execute(_LOCK_ADDRESSES)


async def find_taken_address(tx: Connection, contact: Contact) -> str | None:
    """An address of this contact that another one has; None without one."""
    own = [address for address in (contact.address, *contact.other_addresses) if address]
    others = select(contacts.c.address, contacts.c.other_addresses).where(
        contacts.c.id != contact.id,
        contacts.c.address.in_(own) | contacts.c.other_addresses.overlap(own),
    )
    row = (await tx.execute(others.limit(1))).one_or_none()
    return next((one for one in own if one in {row[0], *row[1]}), None) if row else None


async def find_partner(tx: Connection, address: str, domain: str | None) -> str | None:
    """The key of the partner with this address, or else the only one with an address at the domain."""
    current = (partners.c.email.is_not(None), ~partners.c.retired)
    exact = select(partners.c.key).where(partners.c.email == address, *current)
    found = list(await tx.scalars(exact.limit(2)))
    if not found and domain is not None:
        at_domain = func.split_part(partners.c.email, "@", 2) == domain
        found = list(await tx.scalars(select(partners.c.key).where(at_domain, *current).limit(2)))
    return found[0] if len(found) == 1 else None


async def lock_contact(tx: Connection, customer_id: UUID, id: UUID) -> Contact | None:
    """A contact of this customer, locked until the transaction ends; None without one."""
    is_wanted = (contacts.c.id == id, contacts.c.customer_id == customer_id)
    locked = select(contacts.c.id).where(*is_wanted).with_for_update(key_share=True)
    if await tx.scalar(locked) is None:
        return None
    row = (await tx.execute(CONTACTS.query.where(*is_wanted))).one()
    return CONTACTS.factory(row)


async def list_environments(tx: Connection, customer_id: UUID) -> Sequence[Environment]:
    """A customer's environments that are not retired, oldest first."""
    query = ENVIRONMENTS.query.where(environments.c.customer_id == customer_id)
    rows = await tx.execute(query.where(~environments.c.retired).order_by(environments.c.id))
    return [ENVIRONMENTS.factory(row) for row in rows]
