"""`/v1/escalations`: list and read escalations, and open one by hand."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.http import Page, Paging, Refers, Transaction, router, set_etag
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.cases.commands import environment_tier, open_or_join
from escalation.cases.dependencies import counted_person, get_case
from escalation.cases.domain.acts import ACTS, allowed_acts
from escalation.cases.domain.lifecycle import Status
from escalation.cases.schemas import (
    EscalationCreate,
    EscalationDetail,
    EscalationRead,
    Severity,
    to_detail,
    to_response,
)
from escalation.policies.domain.trigger import Trigger, TriggerKind

routes = router("/v1/escalations", tags=["escalations"])

CURSOR_TYPES = (datetime, UUID)
Filter = Annotated[str | None, Query(max_length=100)]


@routes.post("", status_code=201, response_model=EscalationRead)
async def create_escalation(
    tx: Transaction,
    body: EscalationCreate,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Open an escalation by hand. The answer is 200 instead of 201 when it joined an unresolved one."""
    at = await transaction_time(tx)
    trigger = Trigger(
        "manual",
        body.severity,
        f"manual/{body.dedup_key or uuid7()}",
        body.title,
        at,
        service=body.service,
        customer=body.customer,
        environment=body.environment,
        tier=await environment_tier(tx, body.environment),
        ticket=body.ticket,
    )
    case, is_new = await open_or_join(tx, trigger, body.title, caller.sub, body.policy)
    subject = f"escalation/{case.id}"
    await record(tx, Entry.by(caller.actor, at, "escalation.open", subject, {}))
    if not is_new:
        response.status_code = 200
    response.headers["Location"] = f"/v1/escalations/{case.key}"
    set_etag(response, case.sequence)
    return to_response(case)


@routes.get("", response_model=Page[EscalationRead])
async def list_escalations(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("escalations:read")],
    state: Status | None = None,
    severity: Severity | None = None,
    trigger: TriggerKind | None = None,
    customer: Annotated[Filter, Refers("customer")] = None,
    environment: Annotated[Filter, Refers("environment")] = None,
    ticket: Filter = None,
) -> Page[EscalationRead]:
    """List escalations, newest first."""
    given = {
        "status": state,
        "severity": severity,
        "trigger": trigger,
        "customer": customer,
        "environment": environment,
        "ticket": ticket,
    }
    filters = {column: value for column, value in given.items() if value is not None}
    rows = await cases.list_page(tx, filters, page.after_as(*CURSOR_TYPES), page.limit)
    return page.page_of(rows, to_response, lambda case: (case.opened_at, case.id))


@routes.get("/{escalation}", response_model=EscalationDetail)
async def get_escalation(
    tx: Transaction,
    escalation: str,
    response: Response,
    caller: Annotated[Caller, requires("escalations:read")],
) -> EscalationDetail:
    """Get an escalation by id or key, with its timeline, what the caller may do now (`allowed`), and why not the rest."""
    case = await get_case(tx, escalation)
    set_etag(response, case.sequence)
    held = {one.permission for one in ACTS if caller.has_permission(one.permission)}
    person, at = await counted_person(tx, case, caller), await transaction_time(tx)
    entries = await cases.list_entries(tx, case.id)
    return to_detail(case, entries, allowed_acts(case, person, held, at))
