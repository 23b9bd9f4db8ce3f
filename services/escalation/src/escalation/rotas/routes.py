"""`/v1/rotas` and `/v1/oncall`: who is on call when."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.http import Instant, Page, Paging, Told, cursor, if_match, router, set_etag
from common.persistence.database import Connection, Transaction, moment
from escalation.cases.schemas import RotaTold, rota_told
from escalation.directory import store as directory
from escalation.policies import store as policy_store
from escalation.rotas.domain.rota import Rota, on_call
from escalation.rotas.schemas import OverrideAsked, RotaAsked
from escalation.tables import rotas

MOST_OVERRIDES = 500

routes = router("/v1", tags=["on call"])


class OnCall(Told):
    """`people` may be empty: nobody is on call then."""

    rota: str
    people: list[str]


class OnCallTold(Told):
    at: datetime
    items: list[OnCall]


@routes.post("/rotas", status_code=201, response_model=RotaTold)
async def make_rota(
    tx: Transaction,
    wanted: RotaAsked,
    response: Response,
    caller: Annotated[Caller, needs("oncall:write")],
) -> RotaTold:
    """Make a rota, or a new version of one; it counts for every step that fires from now on."""
    overrides = enumerate(wanted.overrides)
    wrong = [Violation(f"/overrides/{n}", "override", w) for n, o in overrides if (w := o.wrong())]
    if wrong:
        raise Invalid(wrong)
    return await _make(tx, wanted.rota(), response, caller)


@routes.post("/rotas/{key}/overrides", status_code=201, response_model=RotaTold)
async def override_rota(
    tx: Transaction,
    request: Request,
    key: str,
    wanted: OverrideAsked,
    response: Response,
    caller: Annotated[Caller, needs("oncall:write")],
) -> RotaTold:
    """Change who is on call for a while (E16); makes a new version of the rota."""
    if why := wanted.wrong():
        raise Invalid([Violation("", "override", why)])
    await policy_store.lock(tx, rotas)
    rota, version = (await policy_store.all_rotas(tx)).get(key) or _gone()
    if_match(request, version, rota_told(rota, version))
    at = await moment(tx)
    # What is over says nothing about the future; versions keep it for the past.
    present = tuple(o for o in rota.overrides if o.end > at)
    if len(present) >= MOST_OVERRIDES:
        raise Invalid([Violation("", "override", f"a rota has at most {MOST_OVERRIDES} overrides")])
    changed = Rota(rota.key, rota.layers, (*present, wanted.override()))
    return await _make(tx, changed, response, caller)


@routes.get("/rotas", response_model=Page[RotaTold])
async def list_rotas(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("oncall:read")],
) -> Page[RotaTold]:
    """The newest version of each rota, by key."""
    after = page.after_as(str)
    everything = await policy_store.all_rotas(tx)
    found = [one for key, one in everything.items() if not after or key > after[0]]
    shown, more = found[: page.limit], len(found) > page.limit
    following = cursor(shown[-1][0].key) if more else None
    return Page[RotaTold](items=[rota_told(*one) for one in shown], next=following)


@routes.get("/rotas/{key}", response_model=RotaTold)
async def show_rota(
    tx: Transaction, key: str, response: Response, caller: Annotated[Caller, needs("oncall:read")]
) -> RotaTold:
    """A rota by key."""
    rota, version = (await policy_store.all_rotas(tx)).get(key) or _gone()
    set_etag(response, version)
    return rota_told(rota, version)


@routes.get("/oncall", response_model=OnCallTold)
async def show_on_call(
    tx: Transaction,
    caller: Annotated[Caller, needs("oncall:read")],
    at: Instant | None = None,
    rota: str | None = None,
) -> OnCallTold:
    """Who is on call at an instant (now, if none is given), by rota."""
    at = at or await moment(tx)
    everything = await policy_store.all_rotas(tx)
    if rota is not None and rota not in everything:
        _gone()
    wanted = [one for key, (one, _) in everything.items() if rota in (None, key)]
    items = [OnCall(rota=one.key, people=list(on_call(one, at))) for one in wanted]
    return OnCallTold(at=at, items=items)


async def _make(tx: Connection, rota: Rota, response: Response, caller: Caller) -> RotaTold:
    if wrong := await _strangers(tx, rota):
        raise Invalid(wrong)
    await policy_store.lock(tx, rotas)
    at = await moment(tx)
    version = await policy_store.add_rota(tx, rota, at, caller.sub)
    about = {"version": version}
    await record(tx, Entry(at, caller.sub, "rota.make", f"rota/{rota.key}", about, caller.behind))
    set_etag(response, version)
    response.headers["Location"] = f"/v1/rotas/{rota.key}"
    return rota_told(rota, version)


async def _strangers(tx: Connection, rota: Rota) -> list[Violation]:
    """People whom nobody knows would be on call in vain."""
    known = await directory.roles(tx)
    named = {p for layer in rota.layers for p in layer.participants}
    named |= {o.person for o in rota.overrides if o.person}
    return [
        Violation("", "unknown_person", f"nobody is called {person[:50]!r}")
        for person in sorted(named - set(known))
    ]


def _gone() -> tuple[Rota, int]:
    raise NotFound("This rota")
