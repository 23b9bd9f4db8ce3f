"""Coverage extensions around a go-live or milestone, which open clocks follow."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.events.agreements import AgreementCoverageExtended
from common.events.tickets import Priority
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    Transaction,
    if_match,
    router,
)
from common.http.fields import Reason
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements import coverage
from sla.agreements.commands import order_bulk_update
from sla.agreements.dependencies import agreement_response, get_visible_version, lock_version
from sla.agreements.domain.coverage_extension import Extension, overlaps_version
from sla.agreements.events import agreement_payload, emit
from sla.agreements.routes.clock_moves import record_audit
from sla.agreements.store import agreements
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.agreements import BINDING_STATES
from sla.agreements.store.bulk_update_orders import BulkUpdate
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.domain.timetable import OutOfRange
from sla.calendars.schemas import computation_error
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])

MAX_EXTENSION = timedelta(days=92)
"""The longest extension: more than any go-live takes."""


class ExtensionCreate(RequestModel):
    """All of `[starts_at, ends_at)`, on whole seconds, counts for these priorities; for all of them
    where none is named."""

    starts_at: datetime
    ends_at: datetime
    priorities: Annotated[list[Priority], Field(max_length=5)] = Field(default_factory=list)
    reason: Reason


class ExtensionForCustomer(ResponseModel):
    """When a customer is covered beside the usual hours; `ends_at` is what counts in the end."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    priorities: list[Priority]


class ExtensionRead(ResponseModel):
    """`ended_from`: the instant from which on it does not count after all, as `ended_by` decided
    for `end_reason`; the start itself where it was withdrawn. Null where it counts to `ends_at`."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    priorities: list[Priority]
    reason: str
    created_by: str
    created_at: datetime
    ended_from: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


@routes.post("/{agreement}/extensions", status_code=201)
async def extend_coverage(
    name: AgreementRef,
    body: ExtensionCreate,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:write")],
) -> ExtensionRead:
    """Extend the coverage of an agreement around a go-live or milestone.

    Open clocks follow: their deadlines may come earlier. Time that has passed cannot be covered any
    more.
    """
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    at = await transaction_time(tx)
    _check_bounds(body, at)
    priorities = tuple(dict.fromkeys(body.priorities))
    extension = Extension(
        uuid7(), body.starts_at, body.ends_at, priorities, body.reason, caller.sub, at
    )
    binding_versions = await list_current_versions(tx, stored, at)
    if not any(overlaps_version(extension, version.agreement) for version in binding_versions):
        detail = "no published version is valid then; its cover can be extended once it is"
        raise ValidationFailed([Violation("/starts_at", "not_valid", detail)])
    await extensions.add(tx, stored.agreement_id, extension)
    await _extend_versions(tx, stored, binding_versions, extension)
    extension_fields: dict[str, Any] = {
        "starts_at": extension.starts_at,
        "ends_at": extension.ends_at,
        "priorities": list(extension.priorities),
    }
    # The event is about the version in force, even where a newer draft exists.
    await emit(
        tx,
        stored,
        AgreementCoverageExtended(
            **agreement_payload(binding_versions[0], at),
            extension_id=extension.id,
            **extension_fields,
        ),
    )
    grounds = {"extension": extension.id, "reason": body.reason, **extension_fields}
    await record_audit(tx, stored, "agreement.extend", caller, at, grounds)
    response.headers["Location"] = f"/v1/agreements/{stored.agreement_id}/extensions"
    return extension_to_response(extension)


class ExtensionPage(Page[ExtensionRead | ExtensionForCustomer]):
    """A page of extensions, as the caller may read them."""


@routes.get("/{agreement}/extensions", response_model=ExtensionPage)
async def list_extensions(
    name: AgreementRef,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[ExtensionRead | ExtensionForCustomer]:
    """List the coverage extensions of an agreement in the order of their starts, with those that
    ended early. Customers see the hours; the reasons are for staff."""
    stored = await get_visible_version(tx, id_or_key(name), caller)
    after = page.after_as(datetime, UUID)
    rows = await extensions.list_page(tx, stored.agreement_id, page.limit, after)
    to_response = _for_customer if caller.customer is not None else extension_to_response
    return page.page_of(rows, to_response, lambda one: (one.starts_at, one.id))


def _for_customer(extension: Extension) -> ExtensionForCustomer:
    response = ExtensionForCustomer.model_validate(extension)
    return response.model_copy(update={"ends_at": extension.effective_end})


def extension_to_response(extension: Extension) -> ExtensionRead:
    response, early_end = ExtensionRead.model_validate(extension), extension.early_end
    if early_end is None:
        return response
    end_fields = {
        "ended_from": early_end.ends_at,
        "ended_by": early_end.ended_by,
        "ended_at": early_end.ended_at,
    }
    return response.model_copy(update={**end_fields, "end_reason": early_end.reason})


def _check_bounds(body: ExtensionCreate, at: datetime) -> None:
    violations = []
    if body.starts_at < at:
        violations.append(
            Violation("/starts_at", "past", "what has passed cannot be covered any more")
        )
    if not body.starts_at < body.ends_at <= body.starts_at + MAX_EXTENSION:
        detail = f"later than start, by at most {MAX_EXTENSION.days} days"
        violations.append(Violation("/ends_at", "order", detail))
    for name, instant in (("starts_at", body.starts_at), ("ends_at", body.ends_at)):
        if instant.microsecond:
            violations.append(Violation(f"/{name}", "precision", "give it on a whole second"))
    if violations:
        raise ValidationFailed(violations)


async def list_current_versions(
    tx: Connection, stored: AgreementVersion, at: datetime
) -> list[AgreementVersion]:
    """The versions that are valid now or later."""
    history = await agreements.list_versions(tx, stored.agreement_id)
    return [
        one
        for one in history
        if one.lifecycle.state in BINDING_STATES
        and (one.agreement.valid_until is None or one.agreement.valid_until > at)
    ]


async def _extend_versions(
    tx: Connection,
    stored: AgreementVersion,
    binding_versions: list[AgreementVersion],
    extension: Extension,
) -> None:
    by, at = extension.created_by, extension.created_at
    try:
        changed = [
            await coverage.extend(tx, one.agreement, [extension], by, at)
            for one in binding_versions
        ]
    except OutOfRange as error:
        raise computation_error(error, "/ends_at") from None
    if any(changed):
        await order_bulk_update(
            tx, BulkUpdate(uuid7(), stored.agreement_id, "extend", None, extension.reason, by, at)
        )
