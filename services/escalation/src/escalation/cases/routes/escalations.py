"""`/v1/escalations`: running cases, read and opened by hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.http import Asked, Page, Paging, cursor, router, set_etag
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.cases.domain.case import Case
from escalation.cases.new_case import tier, trigger
from escalation.cases.schemas import EscalationDetail, EscalationTold, case_in_detail, case_told
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.policies.domain.trigger import Trigger, TriggerKind
from escalation.rotas.schemas import Key

routes = router("/v1/escalations", tags=["escalations"])

PLACE = (datetime, UUID)
Severity = Literal["blocker", "critical", "major", "minor", "trivial"]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Filter = Annotated[str | None, Query(max_length=100)]


class EscalationAsked(Asked):
    """Tell people now. `title` says what is wrong, without words or data of a customer.

    Asked again with the same `dedup_key` while unresolved, it adds to the case that runs (E9).
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    severity: Severity
    policy: Key | None = None
    dedup_key: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    customer: Word | None = None
    environment: Word | None = None
    service: Word | None = None
    ticket: Word | None = None


@routes.post("", status_code=201, response_model=EscalationTold)
async def escalate_by_hand(
    tx: Transaction,
    wanted: EscalationAsked,
    response: Response,
    caller: Annotated[Caller, needs("escalations:work")],
) -> EscalationTold:
    """Open a case by hand; 200 instead of 201 when it joined one that runs."""
    if wrong := await _unknown(tx, wanted):
        raise Invalid(wrong)
    at = await moment(tx)
    cause = Trigger(
        "manual",
        wanted.severity,
        f"manual/{wanted.dedup_key or uuid7()}",
        wanted.title,
        at,
        service=wanted.service,
        customer=wanted.customer,
        environment=wanted.environment,
        tier=await tier(tx, wanted.environment),
        ticket=wanted.ticket,
    )
    case, new = await trigger(tx, cause, wanted.title, caller.sub, wanted.policy)
    await record(
        tx, Entry(at, caller.sub, "escalation.open", f"escalation/{case.id}", {}, caller.behind)
    )
    if not new:
        response.status_code = 200
    response.headers["Location"] = f"/v1/escalations/{case.key}"
    set_etag(response, case.sequence)
    return case_told(case)


@routes.get("", response_model=Page[EscalationTold])
async def list_escalations(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("escalations:read")],
    state: Literal["open", "acknowledged", "snoozed", "resolved"] | None = None,
    severity: Severity | None = None,
    trigger: TriggerKind | None = None,
    customer: Filter = None,
    environment: Filter = None,
    ticket: Filter = None,
) -> Page[EscalationTold]:
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
    found = await cases.listed(tx, filters, page.after_as(*PLACE), page.limit + 1)
    shown, more = found[: page.limit], len(found) > page.limit
    following = cursor(shown[-1].opened_at, shown[-1].id) if more else None
    return Page[EscalationTold](items=[case_told(case) for case in shown], next=following)


@routes.get("/{name}", response_model=EscalationDetail)
async def show_escalation(
    tx: Transaction,
    name: str,
    response: Response,
    caller: Annotated[Caller, needs("escalations:read")],
) -> EscalationDetail:
    """A case by id or key, with its timeline."""
    case = await found(tx, name)
    set_etag(response, case.sequence)
    return case_in_detail(case, await cases.entries(tx, case.id))


async def found(tx: Connection, name: str) -> Case:
    """The case by id or key. Raises NotFound."""
    case = await cases.one(tx, name)
    if case is None:
        raise NotFound("This escalation")
    return case


async def _unknown(tx: Connection, wanted: EscalationAsked) -> list[Violation]:
    wrong = []
    if wanted.policy and await policy_store.newest_policy(tx, wanted.policy) is None:
        wrong.append(Violation("/policy", "unknown_policy", "no policy is called so"))
    if wanted.customer and not await directory.customer_exists(tx, wanted.customer):
        wrong.append(Violation("/customer", "unknown_customer", "no customer is called so"))
    return wrong
