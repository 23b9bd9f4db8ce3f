"""`/v1/rotas` and `/v1/oncall`: who is on call when."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import (
    Instant,
    Page,
    Paging,
    ResponseModel,
    encode_cursor,
    if_match,
    router,
    set_etag,
)
from common.persistence.database import Connection, Transaction, transaction_time
from escalation.cases.schemas import RotaRead, rota_to_response
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.rotas.domain.rota import Rota, on_call
from escalation.rotas.schemas import OverrideCreate, RotaCreate
from escalation.tables import rotas

MAX_OVERRIDES = 500

routes = router("/v1", tags=["on call"])


class OnCallItem(ResponseModel):
    """`people` may be empty: nobody is on call then."""

    rota: str
    people: list[str]


class OnCallRead(ResponseModel):
    at: datetime
    items: list[OnCallItem]


@routes.post("/rotas", status_code=201, response_model=RotaRead)
async def create_rota(
    tx: Transaction,
    body: RotaCreate,
    response: Response,
    caller: Annotated[Caller, requires("oncall:write")],
) -> RotaRead:
    """Make a rota, or a new version of one; it counts for every step that fires from now on."""
    overrides = enumerate(body.overrides)
    violations = [
        Violation(f"/overrides/{n}", "override", w) for n, o in overrides if (w := o.find_error())
    ]
    if violations:
        raise ValidationFailed(violations)
    return await _store_version(tx, body.to_rota(), response, caller)


@routes.post("/rotas/{key}/overrides", status_code=201, response_model=RotaRead)
async def create_override(
    tx: Transaction,
    request: Request,
    key: str,
    body: OverrideCreate,
    response: Response,
    caller: Annotated[Caller, requires("oncall:write")],
) -> RotaRead:
    """Change who is on call for a while (E16); makes a new version of the rota."""
    if error := body.find_error():
        raise ValidationFailed([Violation("", "override", error)])
    await policy_store.lock_table(tx, rotas)
    rota, version = (await policy_store.list_rotas(tx)).get(key) or _raise_not_found()
    if_match(request, version, rota_to_response(rota, version))
    at = await transaction_time(tx)
    # What is over says nothing about the future; versions keep it for the past.
    present = tuple(o for o in rota.overrides if o.ends_at > at)
    if len(present) >= MAX_OVERRIDES:
        raise ValidationFailed(
            [Violation("", "override", f"a rota has at most {MAX_OVERRIDES} overrides")]
        )
    changed = Rota(rota.key, rota.layers, (*present, body.to_override()))
    return await _store_version(tx, changed, response, caller)


@routes.get("/rotas", response_model=Page[RotaRead])
async def list_rotas(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("oncall:read")],
) -> Page[RotaRead]:
    """The newest version of each rota, by key."""
    after = page.after_as(str)
    everything = await policy_store.list_rotas(tx)
    rows = [one for key, one in everything.items() if not after or key > after[0]]
    page_rows, more = rows[: page.limit], len(rows) > page.limit
    next_cursor = encode_cursor(page_rows[-1][0].key) if more else None
    return Page[RotaRead](items=[rota_to_response(*one) for one in page_rows], next=next_cursor)


@routes.get("/rotas/{key}", response_model=RotaRead)
async def get_rota(
    tx: Transaction,
    key: str,
    response: Response,
    caller: Annotated[Caller, requires("oncall:read")],
) -> RotaRead:
    """A rota by key."""
    rota, version = (await policy_store.list_rotas(tx)).get(key) or _raise_not_found()
    set_etag(response, version)
    return rota_to_response(rota, version)


@routes.get("/oncall", response_model=OnCallRead)
async def get_on_call(
    tx: Transaction,
    caller: Annotated[Caller, requires("oncall:read")],
    at: Instant | None = None,
    rota: str | None = None,
) -> OnCallRead:
    """Who is on call at an instant (now, if none is given), by rota."""
    at = at or await transaction_time(tx)
    everything = await policy_store.list_rotas(tx)
    if rota is not None and rota not in everything:
        _raise_not_found()
    chosen = [one for key, (one, _) in everything.items() if rota in (None, key)]
    items = [OnCallItem(rota=one.key, people=list(on_call(one, at))) for one in chosen]
    return OnCallRead(at=at, items=items)


async def _store_version(
    tx: Connection, rota: Rota, response: Response, caller: Caller
) -> RotaRead:
    if violations := await _unknown_people(tx, rota):
        raise ValidationFailed(violations)
    await policy_store.lock_table(tx, rotas)
    at = await transaction_time(tx)
    version = await policy_store.add_rota(tx, rota, at, caller.sub)
    about = {"version": version}
    await record(
        tx, Entry(at, caller.sub, "rota.make", f"rota/{rota.key}", about, caller.via_machine)
    )
    set_etag(response, version)
    response.headers["Location"] = f"/v1/rotas/{rota.key}"
    return rota_to_response(rota, version)


async def _unknown_people(tx: Connection, rota: Rota) -> list[Violation]:
    """People whom nobody knows would be on call in vain."""
    roles = await directory.list_roles(tx)
    named = {p for layer in rota.layers for p in layer.participants}
    named |= {o.person for o in rota.overrides if o.person}
    return [
        Violation("", "unknown_person", f"nobody is called {person[:50]!r}")
        for person in sorted(named - set(roles))
    ]


def _raise_not_found() -> tuple[Rota, int]:
    raise NotFound("This rota")
