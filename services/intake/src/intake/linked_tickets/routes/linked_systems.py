"""`/v1/linked-systems`: ServiceNow, Jira Service Management and Zendesk of customers and partners."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic_core import PydanticCustomError

from common import audit
from common.auth import Caller
from common.errors import Conflict, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.directory.store import CUSTOMERS
from intake.linked_tickets.dependencies import (
    SystemReader,
    SystemReference,
    SystemWriter,
    get_system,
)
from intake.linked_tickets.domain.link import LinkedSystem
from intake.linked_tickets.domain.peers import FIELD_MAPS
from intake.linked_tickets.schemas import (
    LinkedSystemCreate,
    LinkedSystemRead,
    LinkedSystemUpdate,
    ReceiptRead,
    check_transitions,
)
from intake.linked_tickets.store import receipts, systems
from intake.linked_tickets.store.receipts import ReceiptOutcome
from intake.reads.recorder import Reads

routes = router("/v1/linked-systems", ["linked tickets"])


@routes.get("")
async def list_linked_systems(
    caller: SystemReader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[LinkedSystemRead]:
    """List the linked systems, the oldest first; `problem` says which of them do not answer."""
    rows = await systems.page(tx, page.after_as(UUID), page.limit)
    return page.page_of(rows, LinkedSystemRead.model_validate, lambda one: (one.id,))


@routes.get("/{system}")
async def get_linked_system(
    ref: SystemReference, caller: SystemReader, tx: Transaction
) -> LinkedSystemRead:
    """Get a linked system by id or key."""
    return LinkedSystemRead.model_validate(await get_system(tx, ref))


@routes.post("", status_code=201)
async def create_linked_system(
    body: LinkedSystemCreate, response: Response, caller: SystemWriter, tx: Transaction
) -> LinkedSystemRead:
    """Create a linked system. Tickets are linked with it one by one."""
    customer = None if body.customer is None else await CUSTOMERS.find(tx, body.customer)
    system = LinkedSystem(
        id=uuid7(),
        key=body.key,
        kind=body.kind,
        party=body.party,
        base_url=body.base_url,
        webhook_client=body.webhook_client,
        fields=FIELD_MAPS[body.kind] if body.fields is None else body.fields.to_map(),
        customer_id=None if customer is None else customer.id,
        created_by=caller.sub,
        created_at=await transaction_time(tx),
    )
    if not await systems.add(tx, system):
        detail = f"There is a linked system {body.key} already: choose another key."
        raise Conflict(detail, code="KEY_TAKEN", type="conflict")
    await _record(tx, caller, system, "create")
    response.headers["Location"] = f"/v1/linked-systems/{system.key}"
    return LinkedSystemRead.model_validate(system)


@routes.put("/{system}")
async def update_linked_system(
    ref: SystemReference, body: LinkedSystemUpdate, caller: SystemWriter, tx: Transaction
) -> LinkedSystemRead:
    """Update where a linked system is, which machine posts for it, and its map of fields."""
    before = await get_system(tx, ref)
    fields = before.fields
    if body.fields is not None:
        if before.kind == "jira":
            _check_transitions(body)
        fields = body.fields.to_map()
    system = replace(
        before, base_url=body.base_url, webhook_client=body.webhook_client, fields=fields
    )
    await systems.save(tx, system)
    await _record(tx, caller, system, "update")
    return LinkedSystemRead.model_validate(system)


@routes.post("/{system}/retire")
async def retire_linked_system(
    ref: SystemReference, caller: SystemWriter, tx: Transaction
) -> LinkedSystemRead:
    """Retire a linked system: nothing goes there, and nothing comes from there any more."""
    system = replace(await get_system(tx, ref), retired=True)
    await systems.save(tx, system)
    await _record(tx, caller, system, "retire")
    return LinkedSystemRead.model_validate(system)


@routes.get("/{system}/receipts")
async def list_linked_system_receipts(
    ref: SystemReference,
    caller: SystemReader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    outcome: ReceiptOutcome = "unreadable",
) -> Page[ReceiptRead]:
    """List what a linked system posted, the newest first. By default what could not be read."""
    system = await get_system(tx, ref)
    rows = await receipts.page(tx, system.id, outcome, page.after_as(UUID), page.limit)
    tickets = (one.ticket_id for one in rows[: page.limit])
    await reads.note(caller, *(f"ticket/{ticket}" for ticket in tickets if ticket is not None))
    return page.page_of(rows, ReceiptRead.model_validate, lambda one: (one.id,))


def _check_transitions(body: LinkedSystemUpdate) -> None:
    assert body.fields is not None, "asked before"
    try:
        check_transitions(body.fields)
    except PydanticCustomError as error:
        violation = Violation("/fields/transitions", error.type, error.message())
        raise ValidationFailed([violation]) from None


async def _record(tx: Connection, caller: Caller, system: LinkedSystem, action: str) -> None:
    at = await transaction_time(tx)
    grounds: dict[str, audit.JSON] = {"key": system.key, "base_url": system.base_url}
    subject = f"linked-system/{system.id}"
    await audit.record(
        tx, audit.Entry.by(caller.actor, at, f"linked_system.{action}", subject, grounds)
    )
