"""HTTP in: who is the delivery manager of a customer, and the product owner of a product (R5)."""

from typing import Annotated, Final

from fastapi import Depends, Path

from common import audit
from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from intake.directory.dependencies import CustomerKey, Reader, find_record
from intake.directory.sold_services import service_exists
from intake.directory.store import CUSTOMERS
from intake.responsibilities import store
from intake.responsibilities.domain import ROLE_NAMES, Responsibility, ResponsibleRole
from intake.responsibilities.schemas import ResponsibilityRead, ResponsibilityUpdate

customers = router("/v1/customers", ["responsibilities"])
services = router("/v1/services", ["responsibilities"])
routes = router("/v1/responsibilities", ["responsibilities"])
ROUTERS: Final = (customers, services, routes)

Writer = Annotated[Caller, requires("responsibilities:write")]
ServiceKey = Annotated[str, Path(alias="service", max_length=100, description="The service's key.")]


@customers.get("/{customer}/delivery-manager")
async def get_delivery_manager(
    key: CustomerKey, caller: Reader, tx: Transaction
) -> ResponsibilityRead:
    """Get the delivery manager of a customer, with deputies."""
    return await _get(tx, "dm", key, f"A delivery manager of {key}")


@customers.put("/{customer}/delivery-manager")
async def appoint_delivery_manager(
    key: CustomerKey, body: ResponsibilityUpdate, caller: Writer, tx: Transaction
) -> ResponsibilityRead:
    """Appoint the delivery manager of a customer, with deputies: they hear of what OPS cannot resolve."""
    await find_record(tx, CUSTOMERS, key)
    return await _appoint(tx, caller, "dm", key, body)


@services.get("/{service}/product-owner")
async def get_product_owner(key: ServiceKey, caller: Reader, tx: Transaction) -> ResponsibilityRead:
    """Get the product owner of the product behind a service, with deputies."""
    return await _get(tx, "po", key, f"A product owner of {key}")


@services.put("/{service}/product-owner")
async def appoint_product_owner(
    key: ServiceKey, body: ResponsibilityUpdate, caller: Writer, tx: Transaction
) -> ResponsibilityRead:
    """Appoint the product owner of the product behind a service, with deputies."""
    if not await service_exists(tx, key):
        raise NotFound(f"Service {key}")
    return await _appoint(tx, caller, "po", key, body)


@routes.get("")
async def list_responsibilities(
    caller: Reader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[ResponsibilityRead]:
    """List who answers for which customer and product, delivery managers first."""
    rows = await store.page(tx, page.after_as(str, str), page.limit)
    return page.page_of(
        rows, ResponsibilityRead.model_validate, lambda one: (one.role, one.subject)
    )


async def _get(
    tx: Connection, role: ResponsibleRole, subject: str, what: str
) -> ResponsibilityRead:
    found = await store.find(tx, role, subject)
    if found is None:
        raise NotFound(what)
    return ResponsibilityRead.model_validate(found)


async def _appoint(
    tx: Connection,
    caller: Caller,
    role: ResponsibleRole,
    subject: str,
    body: ResponsibilityUpdate,
) -> ResponsibilityRead:
    before = await store.find(tx, role, subject)
    at = await transaction_time(tx)
    deputies = tuple(one for one in dict.fromkeys(body.deputies) if one != body.person)
    new = Responsibility(role, subject, body.person, deputies, caller.sub, at)
    await _check_role(tx, role, body)
    await store.save(tx, new)
    grounds = {
        "previous": before and list(before.people),
        "person": new.person,
        "deputies": list(new.deputies),
    }
    target = f"{'customer' if role == 'dm' else 'service'}/{subject}"
    entry = audit.Entry.by(caller.actor, at, f"responsibility.{role}", target, grounds)
    await audit.record(tx, entry)
    return ResponsibilityRead.model_validate(new)


async def _check_role(tx: Connection, role: ResponsibleRole, body: ResponsibilityUpdate) -> None:
    """Raise ValidationFailed where somebody named has left, or does not hold the role."""
    holders = await store.list_holders(tx, role, (body.person, *body.deputies))
    named = {
        "/person": body.person,
        **{f"/deputies/{n}": sub for n, sub in enumerate(body.deputies)},
    }
    violations = [
        Violation(
            pointer,
            "role_missing",
            f"{sub} is no {ROLE_NAMES[role]}; give them the role {role} first, or name somebody who has it",
        )
        for pointer, sub in named.items()
        if sub not in holders
    ]
    if violations:
        raise ValidationFailed(violations)
