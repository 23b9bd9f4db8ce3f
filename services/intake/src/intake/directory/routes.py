"""Reference data: intake is its source, and announces each record's whole state."""

from dataclasses import replace
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Depends, Path, Response

from common import audit
from common.auth import Caller, needs
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Told, cursor, router
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.directory.events import tell
from intake.directory.schemas import (
    ContactAsked,
    ContactShown,
    CustomerAsked,
    CustomerShown,
    EnvironmentAsked,
    EnvironmentShown,
    PartnerAsked,
    PartnerShown,
    PersonAsked,
    PersonShown,
)
from intake.directory.store import CONTACTS, CUSTOMERS, ENVIRONMENTS, PARTNERS, PEOPLE, Shelf

customers = router("/v1/customers", ["reference data"])
partners = router("/v1/partners", ["reference data"])
people = router("/v1/people", ["reference data"])
ROUTERS: Final = (customers, partners, people)

Writer = Annotated[Caller, needs("directory:write")]
Reader = Annotated[Caller, needs("directory:read")]
Of = Annotated[str, Path(max_length=63, description="The customer's key.")]
Listing = Annotated[Paging, Depends()]

T = TypeVar("T", Customer, Contact, Environment, Partner, Person)
S = TypeVar("S", bound=Told)


async def _add(tx: Connection, caller: Caller, shelf: Shelf[T], record: T, name: str) -> T:
    """Store and announce. What is there already, and the same, stays as it is."""
    if not await shelf.add(tx, record):
        found = await shelf.find(tx, name)
        if found is None or not _same(found, record):
            raise Conflict(
                f"{name} is taken by another record. Take another name.", type="name-taken"
            )
        return found
    at = await moment(tx)
    await tell(tx, record, at)
    kind = type(record).__name__.lower()
    subject = f"{kind}/{record.id}"
    await audit.record(tx, audit.Entry(at, caller.sub, f"{kind}.add", subject, {}, caller.behind))
    return record


def _same(one: T, other: T) -> bool:
    return replace(one, id=other.id, sequence=other.sequence) == other


async def _page(
    tx: Connection, shelf: Shelf[T], shown: type[S], page: Paging, of: UUID | None = None
) -> Page[S]:
    after = page.after_as(UUID)
    found = await shelf.page(tx, after[0] if after else None, page.limit + 1, of)
    items = [shown.model_validate(one) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page[S](items=items, next=cursor(found[page.limit - 1].id) if more else None)


async def _customer(tx: Connection, key: str) -> Customer:
    customer = await CUSTOMERS.find(tx, key)
    if customer is None:
        raise NotFound(f"Customer {key}")
    return customer


@customers.post("", status_code=201)
async def add_customer(
    asked: CustomerAsked, response: Response, caller: Writer, tx: Transaction
) -> CustomerShown:
    """Register a customer. The key stays for ever."""
    record = Customer(id=uuid7(), **asked.model_dump())
    kept = await _add(tx, caller, CUSTOMERS, record, asked.key)
    response.headers["Location"] = f"/v1/customers/{asked.key}"
    return CustomerShown.model_validate(kept)


@customers.get("")
async def list_customers(caller: Reader, tx: Transaction, page: Listing) -> Page[CustomerShown]:
    """All customers."""
    return await _page(tx, CUSTOMERS, CustomerShown, page)


@customers.get("/{key}")
async def show_customer(key: Of, caller: Reader, tx: Transaction) -> CustomerShown:
    """One customer."""
    return CustomerShown.model_validate(await _customer(tx, key))


@customers.post("/{key}/contacts", status_code=201)
async def add_contact(
    key: Of, asked: ContactAsked, response: Response, caller: Writer, tx: Transaction
) -> ContactShown:
    """Register a person who writes for a customer: known by address, without any number."""
    customer = await _customer(tx, key)
    record = Contact(
        id=uuid7(), customer_id=customer.id, customer=customer.key, **asked.model_dump()
    )
    kept = await _add(tx, caller, CONTACTS, record, asked.address)
    response.headers["Location"] = f"/v1/customers/{key}/contacts"
    return ContactShown.model_validate(kept)


@customers.get("/{key}/contacts")
async def list_contacts(
    key: Of, caller: Reader, tx: Transaction, page: Listing
) -> Page[ContactShown]:
    """A customer's contacts."""
    customer = await _customer(tx, key)
    return await _page(tx, CONTACTS, ContactShown, page, customer.id)


@customers.post("/{key}/environments", status_code=201)
async def add_environment(
    key: Of, asked: EnvironmentAsked, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentShown:
    """Register an environment of a customer. The key stays for ever."""
    customer = await _customer(tx, key)
    record = Environment(
        id=uuid7(), customer_id=customer.id, customer=customer.key, **asked.model_dump()
    )
    kept = await _add(tx, caller, ENVIRONMENTS, record, asked.key)
    response.headers["Location"] = f"/v1/customers/{key}/environments"
    return EnvironmentShown.model_validate(kept)


@customers.get("/{key}/environments")
async def list_environments(
    key: Of, caller: Reader, tx: Transaction, page: Listing
) -> Page[EnvironmentShown]:
    """A customer's environments."""
    customer = await _customer(tx, key)
    return await _page(tx, ENVIRONMENTS, EnvironmentShown, page, customer.id)


@partners.post("", status_code=201)
async def add_partner(
    asked: PartnerAsked, response: Response, caller: Writer, tx: Transaction
) -> PartnerShown:
    """Register a business partner. The key stays for ever."""
    kept = await _add(tx, caller, PARTNERS, Partner(id=uuid7(), **asked.model_dump()), asked.key)
    response.headers["Location"] = "/v1/partners"
    return PartnerShown.model_validate(kept)


@partners.get("")
async def list_partners(caller: Reader, tx: Transaction, page: Listing) -> Page[PartnerShown]:
    """All business partners."""
    return await _page(tx, PARTNERS, PartnerShown, page)


@people.post("", status_code=201)
async def add_person(
    asked: PersonAsked, response: Response, caller: Writer, tx: Transaction
) -> PersonShown:
    """Register a member of staff, so that escalation can reach them."""
    given = asked.model_dump() | {"roles": tuple(asked.roles)}
    kept = await _add(tx, caller, PEOPLE, Person(id=uuid7(), **given), asked.sub)
    response.headers["Location"] = "/v1/people"
    return PersonShown.model_validate(kept)


@people.get("")
async def list_people(caller: Reader, tx: Transaction, page: Listing) -> Page[PersonShown]:
    """All members of staff."""
    return await _page(tx, PEOPLE, PersonShown, page)
