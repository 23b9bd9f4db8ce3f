"""Extra cover around a go-live or milestone, which open clocks follow."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.events.agreements import AgreementCoverageExtended
from common.events.tickets import Priority
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, if_match, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements import coverage as covering
from sla.agreements.dependencies import locked, seen, shown
from sla.agreements.domain.coverage_extension import Extension, reaches
from sla.agreements.events import facts, tell
from sla.agreements.routes.bulk_updates import Reason, note
from sla.agreements.store import agreements
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.agreements import BINDING
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.domain.timetable import OutOfRange
from sla.calendars.schemas import Name, id_or_key, unanswerable
from sla.clocks import bulk_updates as sweeping
from sla.clocks.store.bulk_updates import Sweep

routes = router("/v1/agreements", tags=["agreements"])

LONGEST = timedelta(days=92)
"""Longer than any go-live: whoever needs more agrees on other hours."""


class ExtensionAsked(RequestModel):
    """All of `[start, end)`, on whole seconds, counts for these priorities; for all of them where
    none is named."""

    starts_at: datetime
    ends_at: datetime
    priorities: Annotated[list[Priority], Field(max_length=5)] = Field(default_factory=list)
    reason: Reason


class ExtensionTold(ResponseModel):
    """`ended_from`: from here on it does not count after all, as `ended_by` decided for the reason
    `end_reason`; at its start: it was withdrawn. Null where it counts to its `ends_at`."""

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


@routes.post("/{name}/extensions", status_code=201)
async def extend_cover(
    name: Name,
    asked: ExtensionAsked,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:write")],
) -> ExtensionTold:
    """Extra hours around a go-live or milestone. Open clocks follow: their deadlines may come
    earlier. What has passed cannot be covered any more."""
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    at = await transaction_time(tx)
    _fits(asked, at)
    priorities = tuple(dict.fromkeys(asked.priorities))
    made = Extension(
        uuid7(), asked.starts_at, asked.ends_at, priorities, asked.reason, caller.sub, at
    )
    bound = await binding(tx, found, at)
    if not any(reaches(made, version.agreement) for version in bound):
        said = "no published version is valid then; its cover can be extended once it is"
        raise ValidationFailed([Violation("/start", "not_valid", said)])
    await extensions.add(tx, found.agreement_id, made)
    await _extend(tx, found, bound, made)
    told: dict[str, Any] = {
        "starts_at": made.starts_at,
        "ends_at": made.ends_at,
        "priorities": list(made.priorities),
    }
    # Told of the version that is in force, not of a draft that may come after it.
    await tell(
        tx, found, AgreementCoverageExtended(**facts(bound[0], at), extension_id=made.id, **told)
    )
    grounds = {"extension": made.id, "reason": asked.reason, **told}
    await note(tx, found, "agreement.extend", caller, at, grounds)
    response.headers["Location"] = f"/v1/agreements/{found.agreement_id}/extensions"
    return extension_told(made)


@routes.get("/{name}/extensions")
async def list_extensions(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[ExtensionTold]:
    """In the order in which they begin, those that are over included."""
    found = await seen(tx, id_or_key(name), caller)
    after = page.after_as(datetime, UUID)
    place = after and (after[0], after[1])
    listed = await extensions.page(tx, found.agreement_id, page.limit, place)
    items = [extension_told(one) for one in listed[: page.limit]]
    last = items[-1] if len(listed) > page.limit else None
    return Page[ExtensionTold](
        items=items, next=encode_cursor(last.starts_at, last.id) if last else None
    )


def extension_told(extension: Extension) -> ExtensionTold:
    told, word = ExtensionTold.model_validate(extension), extension.shortened
    if word is None:
        return told
    ended = {"ended_from": word.since, "ended_by": word.by, "ended_at": word.at}
    return told.model_copy(update={**ended, "end_reason": word.reason})


def _fits(asked: ExtensionAsked, at: datetime) -> None:
    wrong = []
    if asked.starts_at < at:
        wrong.append(Violation("/start", "past", "what has passed cannot be covered any more"))
    if not asked.starts_at < asked.ends_at <= asked.starts_at + LONGEST:
        said = f"later than start, by at most {LONGEST.days} days"
        wrong.append(Violation("/end", "order", said))
    for name, instant in (("starts_at", asked.starts_at), ("ends_at", asked.ends_at)):
        if instant.microsecond:
            wrong.append(Violation(f"/{name}", "precision", "give it on a whole second"))
    if wrong:
        raise ValidationFailed(wrong)


async def binding(tx: Connection, found: AgreementVersion, at: datetime) -> list[AgreementVersion]:
    """The versions that are valid now or later."""
    history = await agreements.history(tx, found.agreement_id)
    return [
        one
        for one in history
        if one.life.state in BINDING
        and (one.agreement.valid_until is None or one.agreement.valid_until > at)
    ]


async def _extend(
    tx: Connection, found: AgreementVersion, bound: list[AgreementVersion], made: Extension
) -> None:
    by = (made.created_by, made.created_at)
    try:
        longer = [await covering.cover(tx, one.agreement, [made], by) for one in bound]
    except OutOfRange as error:
        raise unanswerable(error, "/end") from None
    if any(longer):
        agreement_id, kept = found.agreement_id, (made.reason, made.created_by, made.created_at)
        await sweeping.begin(tx, Sweep(uuid7(), agreement_id, "extend", None, *kept))
