"""Reference data: customers, contacts, environments, partners, people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.mail.domain.thread import Sender
from intake.tables import contacts, customers, environments, partners, people

T = TypeVar("T", Customer, Contact, Environment, Partner, Person)


@dataclass(frozen=True, slots=True)
class DirectoryRepository(Generic[T]):
    """One kind of record: where it lies, how it is read, and by what it is known."""

    table: Table
    query: Select[Any]
    key_column: ColumnElement[Any]
    factory: Callable[[Row[Any]], T]

    async def find(self, tx: Connection, name: str) -> T | None:
        """By key (people: `sub`; contacts: address)."""
        row = (await tx.execute(self.query.where(self.key_column == name))).one_or_none()
        return None if row is None else self.factory(row)

    async def get(self, tx: Connection, id: UUID) -> T | None:
        row = (await tx.execute(self.query.where(self.table.c.id == id))).one_or_none()
        return None if row is None else self.factory(row)

    async def add(self, tx: Connection, record: T) -> bool:
        """False when something of the same name is there already; then nothing changes."""
        row = {c.name: getattr(record, c.name) for c in self.table.c if hasattr(record, c.name)}
        statement = insert(self.table).values(row).on_conflict_do_nothing()
        return bool((await tx.execute(statement)).rowcount)

    async def page(
        self, tx: Connection, after: UUID | None, limit: int, customer_id: UUID | None = None
    ) -> Sequence[T]:
        """Oldest first, `limit` at most, those after the id `after`; of one customer if said."""
        query = self.query.order_by(self.table.c.id).limit(limit)
        if after is not None:
            query = query.where(self.table.c.id > after)
        if customer_id is not None:
            query = query.where(self.table.c.customer_id == customer_id)
        return [self.factory(row) for row in await tx.execute(query)]

    async def advance_sequences(
        self, tx: Connection, after: UUID | None, limit: int
    ) -> Sequence[T]:
        """The next `limit` records in the order of ids, each with a new sequence."""
        id = self.table.c.id
        ids_query = select(id).order_by(id).limit(limit).with_for_update()
        ids_query = ids_query if after is None else ids_query.where(id > after)
        ids = list(await tx.scalars(ids_query))
        changed = update(self.table).where(id.in_(ids)).values(sequence=self.table.c.sequence + 1)
        await tx.execute(changed)
        rows = await tx.execute(self.query.where(id.in_(ids)).order_by(id))
        return [self.factory(row) for row in rows]


def _joined_with_customer(table: Table) -> Select[Any]:
    owner = customers.c.key.label("customer")
    return select(table, owner).join_from(table, customers, customers.c.id == table.c.customer_id)


def _factory_for(kind: Callable[..., T], *also_excluded: str) -> Callable[[Row[Any]], T]:
    excluded = {"retired", "erased", *also_excluded}
    return lambda row: kind(
        **{name: value for name, value in row._mapping.items() if name not in excluded}
    )


def _person(row: Row[Any]) -> Person:
    values = {name: value for name, value in row._mapping.items() if name != "retired"}
    return Person(**{**values, "roles": tuple(values["roles"])})


CUSTOMERS: Final = DirectoryRepository(
    customers, select(customers), customers.c.key, _factory_for(Customer)
)
CONTACTS: Final = DirectoryRepository(
    contacts, _joined_with_customer(contacts), contacts.c.address, _factory_for(Contact)
)
ENVIRONMENTS: Final = DirectoryRepository(
    environments, _joined_with_customer(environments), environments.c.key, _factory_for(Environment)
)
PARTNERS: Final = DirectoryRepository(
    partners, select(partners), partners.c.key, _factory_for(Partner)
)
PEOPLE: Final = DirectoryRepository(people, select(people), people.c.sub, _person)


async def find_sender(tx: Connection, address: str | None) -> Sender:
    """What is known of a mail address (in normal form)."""
    if address is None:
        return Sender(None)
    contact = await CONTACTS.find(tx, address)
    if contact is not None:
        return Sender(address, customer_id=contact.customer_id, contact_id=contact.id)
    staff = await tx.scalar(select(people.c.sub).where(people.c.email == address))
    return Sender(address, staff=staff)


async def list_environments(tx: Connection, customer_id: UUID) -> Sequence[Environment]:
    query = ENVIRONMENTS.query.where(environments.c.customer_id == customer_id)
    rows = await tx.execute(query.where(~environments.c.retired).order_by(environments.c.id))
    return [ENVIRONMENTS.factory(row) for row in rows]
