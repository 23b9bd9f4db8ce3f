"""What happens to an agreement in force: extra cover, open clocks moved to it, its end (C6, C10)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.database import Connection, Transaction, moment
from common.errors import Conflict, Forbidden, Invalid, NotFound, Violation
from common.events.agreements import AgreementClocksMoved, AgreementExtended
from common.events.tickets import Priority
from common.http import Asked, Page, Paging, Told, answer, cursor, if_match, router
from common.ids import uuid7
from common.people import Caller, needs
from sla import covering, sweeping
from sla.agreements.cover import Extension, reaches
from sla.announcing import facts, tell
from sla.calendars.timetable import OutOfRange
from sla.routes.agreements.seeing import locked, seen, shown
from sla.routes.wish import Name, id_or_key, unanswerable
from sla.store import agreements, extensions, sweeps
from sla.store.agreements import BINDING
from sla.store.sweeps import Sweep
from sla.store.versions import AgreementVersion

routes = router("/v1/agreements", tags=["agreements"])

Reason = Annotated[str, Field(min_length=3, max_length=2000)]
LONGEST = timedelta(days=92)
"""Longer than any go-live: whoever needs more agrees on other hours."""


class ReasonAsked(Asked):
    reason: Reason


class ExtensionAsked(Asked):
    """All of `[start, end)`, on whole seconds, counts for these priorities; for all of them where
    none is named."""

    start: datetime
    end: datetime
    priorities: Annotated[list[Priority], Field(max_length=5)] = Field(default_factory=list)
    reason: Reason


class ExtensionTold(Told):
    id: UUID
    start: datetime
    end: datetime
    priorities: list[Priority]
    reason: str
    made_by: str
    made_at: datetime


class SweepTold(Told):
    """A change of open clocks, carried out in batches. `changed`: how many so far."""

    id: UUID
    kind: sweeps.Kind
    version_id: UUID | None
    reason: str
    decided_by: str
    decided_at: datetime
    stood_for_by: str | None
    changed: int
    done_at: datetime | None


@routes.post("/{name}/extensions", status_code=201)
async def extend_cover(
    name: Name,
    asked: ExtensionAsked,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, needs("agreements:write")],
) -> ExtensionTold:
    """Extra hours around a go-live or milestone. Open clocks follow: their deadlines may come
    earlier. What has passed cannot be covered any more."""
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    at = await moment(tx)
    _fits(asked, at)
    priorities = tuple(dict.fromkeys(asked.priorities))
    made = Extension(uuid7(), asked.start, asked.end, priorities, asked.reason, caller.sub, at)
    binding = await _binding(tx, found, at)
    if not any(reaches(made, version.agreement) for version in binding):
        said = "no published version is valid then; its cover can be extended once it is"
        raise Invalid([Violation("/start", "not_valid", said)])
    await extensions.add(tx, found.agreement_id, made)
    await _extend(tx, found, binding, made)
    told: dict[str, Any] = {
        "starts_at": made.start,
        "ends_at": made.end,
        "priorities": list(made.priorities),
    }
    # Told of the version that is in force, not of a draft that may come after it.
    await tell(tx, found, AgreementExtended(**facts(binding[0], at), extension_id=made.id, **told))
    grounds = {"extension": made.id, "reason": asked.reason, **told}
    await _record(tx, found, "agreement.extend", caller, at, grounds)
    response.headers["Location"] = f"/v1/agreements/{found.agreement_id}/extensions"
    return ExtensionTold.model_validate(made)


@routes.get("/{name}/extensions")
async def list_extensions(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("agreements:read")],
) -> Page[ExtensionTold]:
    """In the order in which they begin, those that are over included."""
    found = await seen(tx, id_or_key(name), caller)
    after = page.after_as(datetime, UUID)
    place = after and (after[0], after[1])
    listed = await extensions.page(tx, found.agreement_id, page.limit, place)
    items = [ExtensionTold.model_validate(one) for one in listed[: page.limit]]
    last = items[-1] if len(listed) > page.limit else None
    return Page[ExtensionTold](items=items, next=cursor(last.start, last.id) if last else None)


@routes.post("/{name}/move-open-clocks", status_code=202)
async def move_open_clocks(
    name: Name,
    asked: ReasonAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("agreements:write")],
) -> SweepTold:
    """Open clocks of earlier versions are measured by this one: its targets apply to all the time
    already counted (C6). By another person than the one who published it: it could hide a breach."""
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    at = await moment(tx)
    _in_force(found, at)
    assert found.life.published is not None
    if found.life.published.by == caller.sub:
        denied = {"code": "SELF_APPROVAL"}
        await _record(tx, found, "agreement.move_clocks.denied", caller, at, denied)
        said = "Somebody else than the publisher moves clocks to it."
        return answer(Forbidden(said, code="SELF_APPROVAL"))  # type: ignore[return-value]
    version = found.agreement
    sweep = Sweep(
        uuid7(),
        found.agreement_id,
        "move",
        version.id,
        asked.reason,
        caller.sub,
        at,
        found.life.published.by,
    )
    await sweeping.begin(tx, sweep)
    await tell(tx, found, AgreementClocksMoved(**facts(found, at), version_id=version.id))
    await _record(tx, found, "agreement.move_clocks", caller, at, {"reason": asked.reason})
    return SweepTold.model_validate(sweep)


@routes.get("/{name}/changes")
async def list_changes(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("agreements:read")],
) -> Page[SweepTold]:
    """What was decided about the agreement's open clocks, newest first, and how far it is."""
    if caller.customer is not None:
        raise NotFound("This agreement")
    found = await seen(tx, id_or_key(name), caller)
    after = page.after_as(UUID)
    listed = await sweeps.of_agreement(
        tx, found.agreement_id, page.limit, after[0] if after else None
    )
    items = [SweepTold.model_validate(one) for one in listed[: page.limit]]
    last = items[-1] if len(listed) > page.limit else None
    return Page[SweepTold](items=items, next=cursor(last.id) if last else None)


def _fits(asked: ExtensionAsked, at: datetime) -> None:
    wrong = []
    if asked.start < at:
        wrong.append(Violation("/start", "past", "what has passed cannot be covered any more"))
    if not asked.start < asked.end <= asked.start + LONGEST:
        said = f"later than start, by at most {LONGEST.days} days"
        wrong.append(Violation("/end", "order", said))
    for name, instant in (("start", asked.start), ("end", asked.end)):
        if instant.microsecond:
            wrong.append(Violation(f"/{name}", "precision", "give it on a whole second"))
    if wrong:
        raise Invalid(wrong)


def _in_force(found: AgreementVersion, at: datetime) -> None:
    if found.life.state != "published" or not found.agreement.holds_at(at):
        raise Conflict("Clocks are moved to a version that is published and valid now.")


async def _binding(tx: Connection, found: AgreementVersion, at: datetime) -> list[AgreementVersion]:
    """The versions that are valid now or later."""
    history = await agreements.history(tx, found.agreement_id)
    return [
        one
        for one in history
        if one.life.state in BINDING
        and (one.agreement.valid_until is None or one.agreement.valid_until > at)
    ]


async def _extend(
    tx: Connection, found: AgreementVersion, binding: list[AgreementVersion], made: Extension
) -> None:
    by = (made.made_by, made.made_at)
    try:
        longer = [await covering.cover(tx, one.agreement, [made], by) for one in binding]
    except OutOfRange as error:
        raise unanswerable(error, "/end") from None
    if any(longer):
        agreement_id, kept = found.agreement_id, (made.reason, made.made_by, made.made_at)
        await sweeping.begin(tx, Sweep(uuid7(), agreement_id, "extend", None, *kept))


async def _record(
    tx: Connection,
    found: AgreementVersion,
    action: str,
    caller: Caller,
    at: datetime,
    more: Mapping[str, object],
) -> None:
    grounds = {"key": found.agreement.key, "version": found.agreement.version, **more}
    await record(tx, Entry(at, caller.sub, action, f"agreement/{found.agreement_id}", grounds))
