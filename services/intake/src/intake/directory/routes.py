"""The HTTP routes of customers with their contacts and environments, partners and people."""

from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response

from common.errors import Conflict, NotFound
from common.http import Page, Paging, ResponseModel, Transaction, router, runtime_of
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.directory.commands import register, register_contact
from intake.directory.customer_tiers import check_may_set_tier
from intake.directory.dependencies import CustomerKey, Reader, Writer, find_record, show
from intake.directory.domain.changes import with_roles
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.directory.schemas import (
    ContactCreate,
    ContactRead,
    CustomerCreate,
    CustomerRead,
    EnvironmentCreate,
    EnvironmentRead,
    PartnerCreate,
    PartnerRead,
    PersonCreate,
    PersonRead,
)
from intake.directory.store import (
    CONTACTS,
    CUSTOMERS,
    ENVIRONMENTS,
    PARTNERS,
    PEOPLE,
    DirectoryRepository,
)
from intake.reads.recorder import Reads

customers = router("/v1/customers", ["reference data"])
partners = router("/v1/partners", ["reference data"])
people = router("/v1/people", ["reference data"])
ROUTERS: Final = (customers, partners, people)

PageQuery = Annotated[Paging, Depends()]

T = TypeVar("T", Customer, Contact, Environment, Partner, Person)
S = TypeVar("S", bound=ResponseModel)


async def _list_page(
    tx: Connection,
    repository: DirectoryRepository[T],
    model: type[S],
    page: Paging,
    customer_id: UUID | None = None,
) -> Page[S]:
    records = await repository.page(tx, page.after_as(UUID), page.limit, customer_id)
    return page.page_of(records, model.model_validate, lambda record: (record.id,))


async def _get_current_customer(tx: Connection, key: str) -> Customer:
    """The customer with this key, who has not been ended and is not meanwhile. Raises NotFound or Conflict."""
    customer = await CUSTOMERS.find(tx, key, is_shared_lock=True)
    if customer is None:
        raise NotFound(f"Customer {key}")
    if customer.retired:
        raise Conflict(f"{key} was ended; nothing is added to them.", code="ALREADY_ENDED")
    return customer


@customers.post("", status_code=201)
async def create_customer(
    body: CustomerCreate, response: Response, caller: Writer, tx: Transaction
) -> CustomerRead:
    """Register a customer. Its key can never be changed.

    With a tier, by which agreements may promise more or less, it takes the permission agreements:write, too.
    """
    if body.tier is not None:
        check_may_set_tier(caller)
    record = Customer(id=uuid7(), **body.model_dump())
    stored = await register(tx, caller.actor, CUSTOMERS, record, body.key)
    response.headers["Location"] = f"/v1/customers/{body.key}"
    return CustomerRead.model_validate(stored)


@customers.get("")
async def list_customers(caller: Reader, tx: Transaction, page: PageQuery) -> Page[CustomerRead]:
    """List customers, oldest first."""
    return await _list_page(tx, CUSTOMERS, CustomerRead, page)


@customers.get("/{customer}")
async def get_customer(
    key: CustomerKey, response: Response, caller: Reader, tx: Transaction
) -> CustomerRead:
    """Get a customer by key."""
    return show(response, CustomerRead, await find_record(tx, CUSTOMERS, key))


@customers.post("/{customer}/contacts", status_code=201)
async def create_contact(
    key: CustomerKey,
    body: ContactCreate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> ContactRead:
    """Register a contact of a customer. Intake recognises the contact's mails by the address.

    Where two people are needed the contact counts for the caller, until another person confirms them.
    """
    customer = await _get_current_customer(tx, key)
    record = Contact(
        id=uuid7(),
        customer_id=customer.id,
        customer=customer.key,
        registered_by=caller.sub,
        **body.to_fields(),
    )
    region = runtime_of(request.app).settings.phone_region
    stored = await register_contact(tx, caller.actor, record, region)
    response.headers["Location"] = f"/v1/customers/{key}/contacts/{stored.id}"
    return ContactRead.model_validate(stored)


@customers.get("/{customer}/contacts")
async def list_contacts(
    key: CustomerKey, caller: Reader, tx: Transaction, reads: Reads, page: PageQuery
) -> Page[ContactRead]:
    """List a customer's contacts, oldest first."""
    customer = await find_record(tx, CUSTOMERS, key)
    shown = await _list_page(tx, CONTACTS, ContactRead, page, customer.id)
    await reads.note(caller, *(f"contact/{contact.id}" for contact in shown.items))
    return shown


@customers.post("/{customer}/environments", status_code=201)
async def create_environment(
    key: CustomerKey, body: EnvironmentCreate, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentRead:
    """Register an environment of a customer. Its key can never be changed."""
    customer = await _get_current_customer(tx, key)
    record = Environment(
        id=uuid7(), customer_id=customer.id, customer=customer.key, **body.model_dump()
    )
    stored = await register(tx, caller.actor, ENVIRONMENTS, record, body.key)
    response.headers["Location"] = f"/v1/customers/{key}/environments"
    return EnvironmentRead.model_validate(stored)


@customers.get("/{customer}/environments")
async def list_environments(
    key: CustomerKey, caller: Reader, tx: Transaction, page: PageQuery
) -> Page[EnvironmentRead]:
    """List a customer's environments, oldest first."""
    customer = await find_record(tx, CUSTOMERS, key)
    return await _list_page(tx, ENVIRONMENTS, EnvironmentRead, page, customer.id)


@partners.post("", status_code=201)
async def create_partner(
    body: PartnerCreate, response: Response, caller: Writer, tx: Transaction
) -> PartnerRead:
    """Register a partner. Its key can never be changed."""
    stored = await register(
        tx, caller.actor, PARTNERS, Partner(id=uuid7(), **body.model_dump()), body.key
    )
    response.headers["Location"] = "/v1/partners"
    return PartnerRead.model_validate(stored)


@partners.get("")
async def list_partners(caller: Reader, tx: Transaction, page: PageQuery) -> Page[PartnerRead]:
    """List partners, oldest first."""
    return await _list_page(tx, PARTNERS, PartnerRead, page)


@people.post("", status_code=201)
async def create_person(
    body: PersonCreate, response: Response, caller: Writer, tx: Transaction
) -> PersonRead:
    """Register a member of staff, so that escalation can reach the person.

    The roles `gm` and `tom` hold once another person has confirmed them.
    """
    given = body.model_dump() | {"roles": ()}
    at = await transaction_time(tx)
    record = with_roles(Person(id=uuid7(), **given), tuple(body.roles), caller.sub, at)
    stored = await register(tx, caller.actor, PEOPLE, record, body.sub)
    response.headers["Location"] = "/v1/people"
    return PersonRead.model_validate(stored)


@people.get("")
async def list_people(caller: Reader, tx: Transaction, page: PageQuery) -> Page[PersonRead]:
    """List members of staff, oldest first."""
    return await _list_page(tx, PEOPLE, PersonRead, page)
