"""`/v1/oncall`: who is on call, until when and who next; who covers which time; the shifts of a person."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Query

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Instant, Refers, Transaction, router
from common.persistence.database import Connection, transaction_time
from escalation.directory import store as directory
from escalation.rotas import store as rotas
from escalation.rotas.domain.cover import find_cover, find_next_change, find_shifts
from escalation.rotas.domain.rota import Rota, find_gaps, on_call
from escalation.rotas.schemas import (
    CoverItem,
    CoverRead,
    GapRead,
    OnCallItem,
    OnCallPerson,
    OnCallRead,
    ShiftRead,
    ShiftsRead,
    SpellRead,
    Sub,
)

routes = router("/v1/oncall", tags=["on call"])

GAP_HORIZON: Final = timedelta(days=14)
USUAL_PERIOD: Final = timedelta(days=28)
MAX_PERIOD: Final = timedelta(days=92)
Reader = Annotated[Caller, requires("oncall:read")]
Asker = Annotated[Caller, requires("oncall:ask")]
RotaFilter = Annotated[str | None, Refers("rota")]
Since = Annotated[
    Instant | None, Query(alias="from", description="By default the present instant.")
]
Until = Annotated[
    Instant | None, Query(alias="to", description="By default 28 days later, at most 92.")
]
Person = Annotated[Sub | None, Refers("person"), Query(description="By default whoever asks.")]


@routes.get("", response_model=OnCallRead)
async def get_on_call(
    tx: Transaction, caller: Asker, at: Instant | None = None, rota: RotaFilter = None
) -> OnCallRead:
    """Get who is on call at an instant, by rota, with until when, who next, and the gaps of the next fortnight.

    Without `at` it is the present instant. A telephone system may ask, too, with the scope `callers:read`.
    """
    moment = at or await transaction_time(tx)
    chosen = await _list_rotas(tx, rota)
    subs = {sub for one in chosen for sub in on_call(one, moment)}
    known = await _load_callable(tx, subs)
    items = await asyncio.to_thread(lambda: [_on_call_item(one, moment, known) for one in chosen])
    return OnCallRead(at=moment, items=items)


@routes.get("/cover", response_model=CoverRead)
async def get_cover(
    tx: Transaction,
    caller: Reader,
    since: Since = None,
    until: Until = None,
    rota: RotaFilter = None,
) -> CoverRead:
    """Get who covers which time, by rota; time that nobody covers is there with nobody."""
    start, end = await _resolve_period(tx, since, until)
    chosen = await _list_rotas(tx, rota)
    items = await asyncio.to_thread(lambda: [_cover_item(one, start, end) for one in chosen])
    return CoverRead(starts_at=start, ends_at=end, items=items)


@routes.get("/shifts", response_model=ShiftsRead)
async def list_shifts(
    tx: Transaction,
    caller: Reader,
    person: Person = None,
    since: Since = None,
    until: Until = None,
) -> ShiftsRead:
    """List the shifts of a person over all rotas, by default the caller's, in order of time."""
    start, end = await _resolve_period(tx, since, until)
    sub = person or caller.sub
    chosen = await _list_rotas(tx, None)
    items = await asyncio.to_thread(lambda: _shifts(chosen, sub, start, end))
    return ShiftsRead(person=sub, starts_at=start, ends_at=end, items=items)


def _on_call_item(rota: Rota, at: datetime, known: Mapping[str, OnCallPerson]) -> OnCallItem:
    people = list(on_call(rota, at))
    change = find_next_change(rota, at)
    gaps = find_gaps(rota, at, at + GAP_HORIZON)
    return OnCallItem(
        rota=rota.key,
        people=people,
        callable=[known[sub] for sub in people if sub in known],
        until=None if change is None else change.at,
        next=None if change is None else list(change.people),
        gaps=[GapRead(starts_at=start, ends_at=end) for start, end in gaps],
    )


def _cover_item(rota: Rota, start: datetime, end: datetime) -> CoverItem:
    spells = [SpellRead.model_validate(spell) for spell in find_cover(rota, start, end)]
    return CoverItem(rota=rota.key, spells=spells)


def _shifts(chosen: list[Rota], sub: str, start: datetime, end: datetime) -> list[ShiftRead]:
    shifts = [
        ShiftRead(rota=rota.key, starts_at=one.starts_at, ends_at=one.ends_at)
        for rota in chosen
        for one in find_shifts(rota, sub, start, end)
    ]
    return sorted(shifts, key=lambda one: (one.starts_at, one.rota))


async def _load_callable(tx: Connection, subs: set[str]) -> Mapping[str, OnCallPerson]:
    found = await directory.list_phones(tx, subs)
    return {
        sub: OnCallPerson(person=sub, name=name, phone=phone)
        for sub, (name, phone) in found.items()
    }


async def _list_rotas(tx: Connection, key: str | None) -> list[Rota]:
    """The newest version of each rota, or of that one. Raises NotFound."""
    newest = await rotas.list_rotas(tx)
    if key is not None and key not in newest:
        raise NotFound("This rota")
    return [rota for name, (rota, _) in newest.items() if key in (None, name)]


async def _resolve_period(
    tx: Connection, since: datetime | None, until: datetime | None
) -> tuple[datetime, datetime]:
    """The period that is asked for. Raises ValidationFailed."""
    start = since or await transaction_time(tx)
    end = until or start + USUAL_PERIOD
    if not start < end <= start + MAX_PERIOD:
        detail = "end it after its start, within 92 days"
        raise ValidationFailed([Violation("/query/to", "period", detail)])
    return start, end
