"""`/v1/escalations`: running cases, read and opened by hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, encode_cursor, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.cases.domain.case import Case
from escalation.cases.new_case import environment_tier, open_or_join
from escalation.cases.schemas import (
    EscalationDetail,
    EscalationRead,
    case_to_detail,
    case_to_response,
)
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain.trigger import Trigger, TriggerKind
from escalation.rotas.schemas import Key

routes = router("/v1/escalations", tags=["escalations"])

CURSOR_TYPES = (datetime, UUID)
Severity = Literal["blocker", "critical", "major", "minor", "trivial"]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
Filter = Annotated[str | None, Query(max_length=100)]


class EscalationCreate(RequestModel):
    """Tell people now. `title` says what is wrong, without words or data of a customer.

    Asked again with the same `dedup_key` while unresolved, it adds to the case that runs (E9).
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    severity: Severity
    policy: Key | None = None
    dedup_key: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    customer: ShortText | None = None
    environment: ShortText | None = None
    service: ShortText | None = None
    ticket: ShortText | None = None


@routes.post("", status_code=201, response_model=EscalationRead)
async def create_escalation(
    tx: Transaction,
    body: EscalationCreate,
    response: Response,
    caller: Annotated[Caller, requires("escalations:work")],
) -> EscalationRead:
    """Open a case by hand; 200 instead of 201 when it joined one that runs."""
    if violations := await _unknown_references(tx, body):
        raise ValidationFailed(violations)
    at = await transaction_time(tx)
    cause = Trigger(
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
    case, new = await open_or_join(tx, cause, body.title, caller.sub, body.policy)
    await record(
        tx,
        Entry(at, caller.sub, "escalation.open", f"escalation/{case.id}", {}, caller.via_machine),
    )
    if not new:
        response.status_code = 200
    response.headers["Location"] = f"/v1/escalations/{case.key}"
    set_etag(response, case.sequence)
    return case_to_response(case)


@routes.get("", response_model=Page[EscalationRead])
async def list_escalations(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("escalations:read")],
    state: Literal["open", "acknowledged", "snoozed", "resolved"] | None = None,
    severity: Severity | None = None,
    trigger: TriggerKind | None = None,
    customer: Filter = None,
    environment: Filter = None,
    ticket: Filter = None,
) -> Page[EscalationRead]:
    """Cases, the newest first."""
    given = {
        "status": state,
        "severity": severity,
        "trigger": trigger,
        "customer": customer,
        "environment": environment,
        "ticket": ticket,
    }
    filters = {name: value for name, value in given.items() if value is not None}
    rows = await cases.list_page(tx, filters, page.after_as(*CURSOR_TYPES), page.limit + 1)
    page_rows, more = rows[: page.limit], len(rows) > page.limit
    next_cursor = encode_cursor(page_rows[-1].opened_at, page_rows[-1].id) if more else None
    return Page[EscalationRead](
        items=[case_to_response(case) for case in page_rows], next=next_cursor
    )


@routes.get("/{name}", response_model=EscalationDetail)
async def get_escalation(
    tx: Transaction,
    name: str,
    response: Response,
    caller: Annotated[Caller, requires("escalations:read")],
) -> EscalationDetail:
    """A case by id or key, with its timeline."""
    case = await get_case(tx, name)
    set_etag(response, case.sequence)
    return case_to_detail(case, await cases.list_entries(tx, case.id))


async def get_case(tx: Connection, name: str) -> Case:
    """The case by id or key. Raises NotFound."""
    case = await cases.get(tx, name)
    if case is None:
        raise NotFound("This escalation")
    return case


async def _unknown_references(tx: Connection, body: EscalationCreate) -> list[Violation]:
    violations = []
    if body.policy and await policy_store.get_newest_policy(tx, body.policy) is None:
        violations.append(Violation("/policy", "unknown_policy", "no policy is called so"))
    if body.customer and not await directory.customer_exists(tx, body.customer):
        violations.append(Violation("/customer", "unknown_customer", "no customer is called so"))
    return violations
