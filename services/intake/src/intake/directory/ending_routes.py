"""HTTP in: end customers and environments; one person asks, another one confirms (R1)."""

from typing import Final

from fastapi import Request, Response

from common.auth.persons import counted_as
from common.http import (
    Transaction,
    router,
    runtime_of,
)
from common.persistence.database import transaction_time
from common.runtime import Runtime
from intake.directory.commands import change
from intake.directory.dependencies import CustomerKey, EnvironmentKey, Writer, lock_record, respond
from intake.directory.domain.ending import ask_end, confirm_end, withdraw_end
from intake.directory.ending import confirm_customer_end as end_with_all
from intake.directory.schemas import CustomerRead, EndRequest, EnvironmentRead
from intake.directory.store import CUSTOMERS, ENVIRONMENTS
from intake.settings import IntakeSettings

customers = router("/v1/customers", ["reference data"])
environments = router("/v1/environments", ["reference data"])
ROUTERS: Final = (customers, environments)


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
    before = await lock_record(tx, request, CUSTOMERS, CustomerRead, key)
    outcome = ask_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    stored = await change(tx, caller.actor, "customer.end", CUSTOMERS, before, outcome, grounds)
    return respond(response, CustomerRead, stored)


@customers.delete("/{customer}/end", response_model=CustomerRead)
async def withdraw_customer_end(
    key: CustomerKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> CustomerRead | Response:
    """Withdraw the request for the end of a customer: they stay."""
    before = await lock_record(tx, request, CUSTOMERS, CustomerRead, key)
    grounds = {"requested_by": before.end_asked_by}
    action = "customer.end.withdraw"
    outcome = withdraw_end(before)
    stored = await change(tx, caller.actor, action, CUSTOMERS, before, outcome, grounds)
    return respond(response, CustomerRead, stored)


@customers.post("/{customer}/end/confirm", response_model=CustomerRead)
async def confirm_customer_end(
    key: CustomerKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> CustomerRead | Response:
    """Confirm the end of a customer, as another person than the one who asked.

    Contacts and environments end with the customer: mails go to triage, the portal speaks for none of them any
    more, their tokens are revoked, and no notice goes out. Tickets stay as they are, and so does what was promised
    for them.
    """
    before = await lock_record(tx, request, CUSTOMERS, CustomerRead, key)
    person = await counted_as(tx, caller.sub, before.end_asked_by)
    runtime: Runtime[IntakeSettings] = runtime_of(request.app)
    lifetime = runtime.settings.token_lifetime_s
    return respond(
        response, CustomerRead, await end_with_all(tx, caller.actor, before, person, lifetime)
    )


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
    before = await lock_record(tx, request, ENVIRONMENTS, EnvironmentRead, name)
    outcome = ask_end(before, caller.sub, await transaction_time(tx))
    grounds = {"reason": body.reason}
    action = "environment.end"
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return respond(response, EnvironmentRead, stored)


@environments.delete("/{environment}/end", response_model=EnvironmentRead)
async def withdraw_environment_end(
    name: EnvironmentKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentRead | Response:
    """Withdraw the request for the end of an environment: it stays."""
    before = await lock_record(tx, request, ENVIRONMENTS, EnvironmentRead, name)
    grounds = {"requested_by": before.end_asked_by}
    action = "environment.end.withdraw"
    outcome = withdraw_end(before)
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return respond(response, EnvironmentRead, stored)


@environments.post("/{environment}/end/confirm", response_model=EnvironmentRead)
async def confirm_environment_end(
    name: EnvironmentKey, request: Request, response: Response, caller: Writer, tx: Transaction
) -> EnvironmentRead | Response:
    """Confirm the end of an environment, as another person than the one who asked.

    No ticket, alert or delivery names it any more; what was promised for it, and what was down there, stays.
    """
    before = await lock_record(tx, request, ENVIRONMENTS, EnvironmentRead, name)
    person = await counted_as(tx, caller.sub, before.end_asked_by)
    outcome = confirm_end(before, person)
    grounds = {"requested_by": before.end_asked_by}
    action = "environment.end.confirm"
    stored = await change(tx, caller.actor, action, ENVIRONMENTS, before, outcome, grounds)
    return respond(response, EnvironmentRead, stored)
