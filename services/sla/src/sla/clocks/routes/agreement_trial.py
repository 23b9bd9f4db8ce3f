"""HTTP in: simulate an agreement, calendar or target on past tickets before it is published."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.auth import Caller, requires
from common.errors import ValidationFailed
from common.http import Paging, Transaction, only_computes, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.dependencies import get_visible_version
from sla.agreements.domain.agreement import Agreement
from sla.agreements.schemas.requests import target_violations
from sla.calendars.domain.timetable import NeverOpens, OutOfRange, Timetable
from sla.calendars.schemas import computation_error, load_timetable
from sla.clocks.agreement_trial import Trial, run_batches
from sla.clocks.store.history import TicketCursor
from sla.clocks.trial_schemas import TrialRead, TrialRequest, TrialTotals, to_response
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("/{agreement}/simulate")
@only_computes
async def simulate_agreement(
    name: AgreementRef,
    body: TrialRequest,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
    cursor_: Annotated[
        str | None,
        Query(alias="cursor", max_length=1000, description="`next` of the previous response."),
    ] = None,
) -> TrialRead:
    """Simulate an agreement version on past tickets.

    The response says which deadlines would differ, how compliance would have been, which promises
    are new, and which open clocks would breach at once when moved to the version.
    """
    stored = await get_visible_version(tx, id_or_key(name), caller)
    after = Paging(1, cursor_).after_as(datetime, UUID)
    at = await transaction_time(tx)
    version, draft_timetables = await _build_version(tx, stored.agreement, body, caller)
    trial = Trial(version, at - timedelta(days=body.days), at, draft_timetables)
    try:
        total = await _sum_batches(tx, trial, body.tickets, (after[0], after[1]) if after else None)
    except (NeverOpens, OutOfRange) as error:
        raise computation_error(error, "/calendar") from None
    return to_response(trial, total, body.tickets)


async def _sum_batches(
    tx: Connection, trial: Trial, tickets: int, after: TicketCursor | None
) -> TrialTotals:
    total = TrialTotals()
    async for batch in run_batches(tx, trial, tickets, after):
        total.add(batch.results)
        total.tickets += batch.tickets
        total.without_clocks += batch.without_clocks
        total.last = batch.last
    return total


async def _build_version(
    tx: Connection, version: Agreement, body: TrialRequest, caller: Caller
) -> tuple[Agreement, dict[UUID, Timetable]]:
    """Return the version with the requested replacements, and the timetables of new calendars."""
    draft_timetables: dict[UUID, Timetable] = {}
    changed = version
    if body.calendar is not None:
        changed = replace(changed, calendar=uuid7())
        draft_timetables[changed.calendar] = await load_timetable(
            tx, caller, body.calendar, "/calendar"
        )
    for priority, reference in body.calendars.items():
        id = uuid7()
        draft_timetables[id] = await load_timetable(tx, caller, reference, f"/calendars/{priority}")
        changed = replace(changed, calendars={**changed.calendars, priority: id})
    if body.targets is not None:
        if violations := list(target_violations(body.targets)):
            raise ValidationFailed(violations)
        changed = replace(changed, targets=tuple(one.to_target() for one in body.targets))
    return changed, draft_timetables
