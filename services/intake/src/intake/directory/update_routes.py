"""HTTP in: read one entry of reference data, and change what can change, with ETag and If-Match."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from fastapi import Request, Response

from common.auth import Caller
from common.domain import Rejection
from common.errors import NotFound
from common.http import ResponseModel, Transaction, if_match, router, runtime_of
from common.persistence.database import Connection
from intake.directory.commands import change, change_contact
from intake.directory.customer_tiers import check_may_set_tier
from intake.directory.dependencies import (
    ContactId,
    CustomerKey,
    EnvironmentKey,
    PartnerKey,
    PersonSub,
    Reader,
    Writer,
    find_record,
    lock_record,
    show,
)
from intake.directory.domain.changes import changed_fields, with_changes
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer, Partner, Person
from intake.directory.schemas import (
    ContactRead,
    CustomerRead,
    EnvironmentRead,
    PartnerRead,
    PersonRead,
)
from intake.directory.store import (
    CUSTOMERS,
    ENVIRONMENTS,
    PARTNERS,
    PEOPLE,
    DirectoryRepository,
    get_contact,
    lock_contact,
)
from intake.directory.update_schemas import (
    ContactUpdate,
    CustomerUpdate,
    EnvironmentUpdate,
    PartnerUpdate,
    PersonUpdate,
)
from intake.reads.recorder import Reads

routes = router("/v1", ["reference data"])
ROUTERS: Final = (routes,)

T = TypeVar("T", Customer, Environment, Partner, Person)


@routes.patch("/customers/{customer}")
async def update_customer(
    key: CustomerKey,
    body: CustomerUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> CustomerRead:
    """Change the name, time zone, language or tier of a customer.

    By its tier agreements may promise more or less: to change it takes the permission agreements:write, too.
    """
    if "tier" in body.changes:
        check_may_set_tier(caller)
    stored = await _update(tx, caller, request, CUSTOMERS, CustomerRead, key, body.changes)
    return show(response, CustomerRead, stored)


@routes.get("/customers/{customer}/contacts/{contact}")
async def get_customer_contact(
    key: CustomerKey,
    id: ContactId,
    response: Response,
    caller: Reader,
    tx: Transaction,
    reads: Reads,
) -> ContactRead:
    """Get a contact of a customer by id."""
    customer = await CUSTOMERS.find(tx, key)
    contact = await get_contact(tx, id)
    if customer is None or contact is None or contact.customer_id != customer.id:
        raise NotFound("This contact")
    await reads.note(caller, f"contact/{contact.id}")
    return show(response, ContactRead, contact)


@routes.patch("/customers/{customer}/contacts/{contact}")
async def update_contact(
    key: CustomerKey,
    id: ContactId,
    body: ContactUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> ContactRead:
    """Change the name, addresses, phone numbers, language or wish for mails of a contact.

    Their mails are recognised by every address, answers go to `address`. With another address they count
    for the caller where two people are needed, until another person confirms them.
    """
    customer = await CUSTOMERS.find(tx, key)
    before = customer and await lock_contact(tx, customer.id, id)
    if not before or before.address is None:
        raise NotFound("This contact")
    if_match(request, before.sequence, ContactRead.model_validate(before))
    region = runtime_of(request.app).settings.phone_region
    stored = await change_contact(tx, caller.actor, before, body.changes, region)
    return show(response, ContactRead, stored)


@routes.get("/customers/{customer}/environments/{environment}")
async def get_environment(
    key: CustomerKey, name: EnvironmentKey, response: Response, caller: Reader, tx: Transaction
) -> EnvironmentRead:
    """Get an environment of a customer by key."""
    environment = await ENVIRONMENTS.find(tx, name)
    if environment is None or environment.customer != key:
        raise NotFound(f"Environment {name} of {key}")
    return show(response, EnvironmentRead, environment)


@routes.patch("/customers/{customer}/environments/{environment}")
async def update_environment(
    key: CustomerKey,
    name: EnvironmentKey,
    body: EnvironmentUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> EnvironmentRead:
    """Change the name of an environment."""
    environment = await ENVIRONMENTS.find(tx, name)
    if environment is None or environment.customer != key:
        raise NotFound(f"Environment {name} of {key}")
    stored = await _update(tx, caller, request, ENVIRONMENTS, EnvironmentRead, name, body.changes)
    return show(response, EnvironmentRead, stored)


@routes.get("/partners/{partner}")
async def get_partner(
    key: PartnerKey, response: Response, caller: Reader, tx: Transaction
) -> PartnerRead:
    """Get a partner by key."""
    return show(response, PartnerRead, await find_record(tx, PARTNERS, key))


@routes.patch("/partners/{partner}")
async def update_partner(
    key: PartnerKey,
    body: PartnerUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> PartnerRead:
    """Change the name, time zone or e-mail address of a partner."""
    stored = await _update(tx, caller, request, PARTNERS, PartnerRead, key, body.changes)
    return show(response, PartnerRead, stored)


@routes.get("/people/{person}")
async def get_person(
    sub: PersonSub, response: Response, caller: Reader, tx: Transaction
) -> PersonRead:
    """Get a member of staff by `sub`."""
    return show(response, PersonRead, await find_record(tx, PEOPLE, sub))


@routes.patch("/people/{person}")
async def update_person(
    sub: PersonSub,
    body: PersonUpdate,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> PersonRead:
    """Change the name or time zone of a member of staff.

    Roles have an operation of their own; where pages reach them is changed at escalation, by two people.
    """
    stored = await _update(tx, caller, request, PEOPLE, PersonRead, sub, body.changes)
    return show(response, PersonRead, stored)


async def _update(
    tx: Connection,
    caller: Caller,
    request: Request,
    repository: DirectoryRepository[T],
    model: type[ResponseModel],
    name: str,
    changes: Mapping[str, Any],
) -> T:
    """Change a record, unless nothing changes. Raises NotFound, or the failure of `If-Match`."""
    before = await lock_record(tx, request, repository, model, name)
    after = with_changes(before, changes)
    if after == before:
        return before
    action = f"{type(before).__name__.lower()}.update"
    grounds = {"fields": list(changed_fields(before, after))}
    stored = await change(tx, caller.actor, action, repository, before, after, grounds)
    assert not isinstance(stored, Rejection), "it was no rejection before it was stored"
    return stored
