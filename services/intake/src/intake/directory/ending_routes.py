"""HTTP in: end customers and environments; one person asks, another one confirms (R1)."""

from typing import Annotated, Final

from fastapi import Path, Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound
from common.http import (
    Transaction,
    if_match,
    rejection_response,
    router,
    runtime_of,
    set_etag,
)
from common.persistence.database import Connection, transaction_time
from common.runtime import Runtime
from intake.directory.commands import change
from intake.directory.domain.ending import ask_end, confirm_end, withdraw_end
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.ending import confirm_customer_end as end_with_all
from intake.directory.schemas import CustomerRead, EndRequest, EnvironmentRead
from intake.directory.store import CUSTOMERS, ENVIRONMENTS
from intake.settings import IntakeSettings

customers = router("/v1/customers", ["reference data"])
environments = router("/v1/environments", ["reference data"])
ROUTERS: Final = (customers, environments)

Writer = Annotated[Caller, requires("directory:write")]
CustomerKey = Annotated[
    str, Path(alias="customer", max_length=63, description="The customer's key.")
]
EnvironmentKey = Annotated[
    str, Path(alias="environment", max_length=63, description="The environment's key.")
]


@customers.post("/{customer}/end", response_model=CustomerRead)
async def end_customer(
    key: CustomerKey,
    body: EndRequest,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> CustomerRead | Response:
    """Ask for the end of a customer who leaves: nothing changes until another person confirms it."""
    before = await _lock_customer(tx, request, key)
    outcome = ask_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "customer.end", CUSTOMERS, before, outcome, grounds)
    return _customer(response, stored)


@customers.delete("/{customer}/end", response_model=CustomerRead)
async def withdraw_customer_end(
    key: CustomerKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> CustomerRead | Response:
    """Withdraw the request for the end of a customer: they stay."""
    before = await _lock_customer(tx, request, key)
    grounds = {"requested_by": before.end_asked_by}
    action = "customer.end.withdraw"
    outcome = withdraw_end(before)
    stored = await change(tx, caller.actor, action, CUSTOMERS, before, outcome, grounds)
    return _customer(response, stored)


@customers.post("/{customer}/end/confirm", response_model=CustomerRead)
async def confirm_customer_end(
    key: CustomerKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> CustomerRead | Response:
    """Confirm the end of a customer, as another person than the one who asked.

    Contacts and environments end with the customer: mails go to triage, the portal speaks for none of them any
    more, their tokens are revoked, and no notice goes out. Tickets stay as they are, and so does what was promised
    for them.
    """
    before = await _lock_customer(tx, request, key)
    person = await counted_as(tx, caller.sub, before.end_asked_by)
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    lifetime = runtime.settings.token_lifetime_s
    return _customer(response, await end_with_all(tx, caller.actor, before, person, lifetime))


@environments.post("/{environment}/end", response_model=EnvironmentRead)
async def end_environment(
    name: EnvironmentKey,
    body: EndRequest,
    request: Request,
    response: Response,
    caller: Writer,
    tx: Transaction,
) -> EnvironmentRead | Response:
    """Ask for the end of an environment: nothing changes until another person confirms it."""
    before = await _lock_environment(tx, request, name)
    outcome = ask_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    action = "environment.end"
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return _environment(response, stored)


@environments.delete("/{environment}/end", response_model=EnvironmentRead)
async def withdraw_environment_end(
    name: EnvironmentKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentRead | Response:
    """Withdraw the request for the end of an environment: it stays."""
    before = await _lock_environment(tx, request, name)
    grounds = {"requested_by": before.end_asked_by}
    action = "environment.end.withdraw"
    outcome = withdraw_end(before)
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return _environment(response, stored)


@environments.post("/{environment}/end/confirm", response_model=EnvironmentRead)
async def confirm_environment_end(
    name: EnvironmentKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentRead | Response:
    """Confirm the end of an environment, as another person than the one who asked.

    No ticket, alert or delivery names it any more; what was promised for it, and what was down there, stays.
    """
    before = await _lock_environment(tx, request, name)
    person = await counted_as(tx, caller.sub, before.end_asked_by)
    outcome = confirm_end(before, person)
    grounds = {"requested_by": before.end_asked_by}
    action = "environment.end.confirm"
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return _environment(response, stored)


async def _lock_customer(tx: Connection, request: Request, key: str) -> Customer:
    """The customer, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    customer = await CUSTOMERS.lock(tx, key)
    if customer is None:
        raise NotFound(f"Customer {key}")
    if_match(request, customer.sequence, CustomerRead.model_validate(customer))
    return customer


async def _lock_environment(tx: Connection, request: Request, key: str) -> Environment:
    """The environment, locked. Raises NotFound, or the failure of the request's `If-Match`."""
    environment = await ENVIRONMENTS.lock(tx, key)
    if environment is None:
        raise NotFound(f"Environment {key}")
    if_match(request, environment.sequence, EnvironmentRead.model_validate(environment))
    return environment


def _customer(response: Response, outcome: Customer | Rejection) -> CustomerRead | Response:
    if isinstance(outcome, Rejection):
        return _refuse(outcome)
    set_etag(response, outcome.sequence)
    return CustomerRead.model_validate(outcome)


def _environment(
    response: Response, outcome: Environment | Rejection
) -> EnvironmentRead | Response:
    if isinstance(outcome, Rejection):
        return _refuse(outcome)
    set_etag(response, outcome.sequence)
    return EnvironmentRead.model_validate(outcome)


def _refuse(rejection: Rejection) -> Response:
    if rejection.code == "FOUR_EYES":
        return rejection_response(rejection, status=403, title="Two people are needed")
    return rejection_response(rejection)
