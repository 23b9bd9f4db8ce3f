"""HTTP in: access requests, from asking to the access being gone, and the evidence of all of them."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common import audit
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import (
    Page,
    Paging,
    Refers,
    Transaction,
    authorized_router,
    router,
    runtime_of,
)
from common.http.streamed import stream_file
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import next_key
from common.persistence.workload import LISTS
from intake.access_requests import domain, store
from intake.access_requests.dependencies import (
    AccessRef,
    ApproveAction,
    VerifyAction,
    WorkAction,
    record,
)
from intake.access_requests.domain import AccessRequest
from intake.access_requests.evidence import HEADER, to_csv
from intake.access_requests.schemas import (
    AccessDecision,
    AccessRequestCreate,
    AccessRequestRead,
    RemovalRequest,
    to_read,
)
from intake.reads.recorder import Reads

routes = router("/v1/access-requests", ["access requests"])
# Not transactional: what is streamed must not hold a connection while somebody reads it.
evidence_routes = authorized_router("/v1/access-requests", ["access requests"])

Reader = Annotated[Caller, requires("tickets:verify")]
Asker = Annotated[Caller, requires("access-requests:request")]
Waiting = Literal["approval", "removal", "verification", "recertification"]
CSV: Final = "text/csv"
EXPORTED_AT_ONCE: Final = 500
_CSV_RESPONSE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {CSV: {"schema": {"type": "string"}}}}
}


@routes.post("", status_code=201)
async def create_access_request(
    body: AccessRequestCreate, response: Response, caller: Asker, tx: Transaction
) -> AccessRequestRead:
    """Ask for an access of one person. Somebody who neither asks for it nor gets it approves it."""
    at = await transaction_time(tx)
    violations = []
    if not await store.person_exists(tx, body.person):
        detail = f"there is no person or contact {body.person}, or they have left"
        violations.append(Violation("/person", "unknown_reference", detail))
    if body.until < at.date():
        violations.append(Violation("/until", "past", "give today or a later day"))
    if violations:
        raise ValidationFailed(violations)
    key = await next_key(tx, "ACC", "access_request_numbers")
    access = AccessRequest(
        uuid7(), key, **body.model_dump(), requested_by=caller.sub, requested_at=at
    )
    await store.add(tx, access)
    await record(tx, caller, at, "request", access)
    response.headers["Location"] = f"/v1/access-requests/{key}"
    return to_read(access, at)


@routes.get("")
async def list_access_requests(
    caller: Reader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    person: Annotated[str | None, Query(max_length=200), Refers("person", by_route=True)] = None,
    waiting_for: Waiting | None = None,
) -> Page[AccessRequestRead]:
    """List accesses, oldest first: of one `person`, or those that wait for something.

    `removal`: their person has left, they have expired, or somebody asked. `recertification`: nobody has said
    for 90 days that they are needed. `verification`: another person has to look.
    """
    if person is not None and not await store.is_known_person(tx, person):
        detail = f"there is no person or contact {person}"
        raise ValidationFailed([Violation("/query/person", "unknown_reference", detail)])
    at = await transaction_time(tx)
    conditions = {
        "approval": store.undecided(),
        "removal": store.owed_removals(at.date()),
        "verification": store.unverified(),
        "recertification": store.recertifications(at),
    }
    where = [] if waiting_for is None else [conditions[waiting_for]]
    where += [] if person is None else [store.of_person(person)]
    rows = await store.page(tx, where, page.after_as(UUID), page.limit)
    await reads.note(caller, *(_contacts_of(*rows[: page.limit])))
    return page.page_of(rows, lambda one: to_read(one, at), lambda one: (one.id,))


@evidence_routes.get("/evidence", response_class=Response, responses=_CSV_RESPONSE)
async def export_access_evidence(caller: Reader, request: Request) -> Response:
    """Export all accesses that there ever were as CSV, for auditors; the list gives the same as JSON. Who did is recorded."""
    database = runtime_of(request.app).database.for_workload(LISTS)
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        entry = audit.Entry.by(caller.actor, at, "access_request.export", "access_requests", {})
        await audit.record(tx, entry)
    return stream_file(_evidence(database, at.date()), CSV, "access-requests.csv")


async def _evidence(database: Database, today: date) -> AsyncIterator[str]:
    """The names of the columns, then all accesses, oldest first, a page in a transaction of its own."""
    yield HEADER
    after: tuple[UUID] | None = None
    while True:
        async with database.transaction() as tx:
            rows = await store.page(tx, [], after, EXPORTED_AT_ONCE)
        shown = rows[:EXPORTED_AT_ONCE]
        yield to_csv(shown, today)
        if len(rows) <= EXPORTED_AT_ONCE:
            return
        after = (shown[-1].id,)


@routes.get("/{access_request}")
async def get_access_request(
    ref: AccessRef, caller: Reader, tx: Transaction, reads: Reads
) -> AccessRequestRead:
    """Get an access by its id or key."""
    access = await store.find(tx, ref)
    if access is None:
        raise NotFound(f"Access request {ref}")
    await reads.note(caller, *_contacts_of(access))
    return to_read(access, await transaction_time(tx))


def _contacts_of(*accesses: AccessRequest) -> set[str]:
    """The contacts whose accesses these are: why they need them is said there."""
    return {one.person for one in accesses if one.person.startswith("contact/")}


@routes.post("/{access_request}/decision", response_model=AccessRequestRead)
async def decide_access(
    action: ApproveAction, body: AccessDecision
) -> Response | AccessRequestRead:
    """Approve or decline an access, as somebody who neither asked for it nor gets it."""
    before, at = await action.load()
    actor = await action.counted_as(before.requested_by, before.person)
    after = domain.decide(before, body.decision, body.reason, actor, at)
    return await action.finish("decide", before, after, at)


@routes.post("/{access_request}/grant", response_model=AccessRequestRead)
async def grant_access(action: WorkAction) -> Response | AccessRequestRead:
    """Record that an approved access was given. Another person verifies that."""
    before, at = await action.load()
    return await action.finish("grant", before, domain.grant(before, action.caller.sub, at), at)


@routes.post("/{access_request}/grant/verify", response_model=AccessRequestRead)
async def verify_access_grant(action: VerifyAction) -> Response | AccessRequestRead:
    """Verify that the access is what was approved, as another person than who gave it."""
    before, at = await action.load()
    actor = await action.counted_as(before.granted_by)
    return await action.finish("verify_grant", before, domain.verify_grant(before, actor, at), at)


@routes.post("/{access_request}/recertify", response_model=AccessRequestRead)
async def recertify_access(action: ApproveAction) -> Response | AccessRequestRead:
    """Recertify an access: it is still needed, says somebody else than who has it."""
    before, at = await action.load()
    actor = await action.counted_as(before.person)
    after = domain.recertify(before, actor, at, at.date())
    return await action.finish("recertify", before, after, at)


@routes.post("/{access_request}/removal-request", response_model=AccessRequestRead)
async def request_access_removal(
    action: VerifyAction, body: RemovalRequest
) -> Response | AccessRequestRead:
    """Ask that an access is taken away before its last day."""
    before, at = await action.load()
    after = domain.ask_removal(before, body.reason, action.caller.sub, at)
    return await action.finish("ask_removal", before, after, at)


@routes.post("/{access_request}/remove", response_model=AccessRequestRead)
async def remove_access(action: WorkAction) -> Response | AccessRequestRead:
    """Record that an access was taken away. Another person verifies that."""
    before, at = await action.load()
    return await action.finish("remove", before, domain.remove(before, action.caller.sub, at), at)


@routes.post("/{access_request}/removal/verify", response_model=AccessRequestRead)
async def verify_access_removal(action: VerifyAction) -> Response | AccessRequestRead:
    """Verify that an access is gone, as another person than who took it away."""
    before, at = await action.load()
    actor = await action.counted_as(before.removed_by)
    after: AccessRequest | Rejection = domain.verify_removal(before, actor, at)
    return await action.finish("verify_removal", before, after, at)
