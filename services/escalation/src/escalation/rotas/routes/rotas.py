"""`/v1/rotas`: rotas and their overrides."""

from typing import Annotated

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, if_match, router, set_etag
from common.persistence.database import Connection, transaction_time
from escalation.directory import store as directory
from escalation.rotas import store as rotas
from escalation.rotas.domain.rota import Rota
from escalation.rotas.schemas import (
    MAX_OVERRIDES,
    OverrideCreate,
    RotaCreate,
    RotaRead,
    to_response,
)

routes = router("/v1/rotas", tags=["on call"])


@routes.post("", status_code=201, response_model=RotaRead)
async def create_rota(
    tx: Transaction,
    body: RotaCreate,
    response: Response,
    caller: Annotated[Caller, requires("oncall:write")],
) -> RotaRead:
    """Create a rota, or a new version of one.

    It counts for every step that fires from now on.
    """
    violations = [
        error
        for number, override in enumerate(body.overrides)
        if (error := override.find_error(f"/overrides/{number}"))
    ]
    if violations:
        raise ValidationFailed(violations)
    return await _store_version(tx, body.to_rota(), response, caller)


@routes.post("/{rota}/overrides", status_code=201, response_model=RotaRead)
async def create_override(
    tx: Transaction,
    request: Request,
    rota: str,
    body: OverrideCreate,
    response: Response,
    caller: Annotated[Caller, requires("oncall:write")],
) -> RotaRead:
    """Create an override, which changes who is on call for a while.

    It makes a new version of the rota.
    """
    if error := body.find_error():
        raise ValidationFailed([error])
    await rotas.lock_rotas(tx)
    present, version = await _get_rota(tx, rota)
    if_match(request, version, to_response(present, version))
    at = await transaction_time(tx)
    # What has ended does not matter for the future; earlier versions show it for the past.
    overrides = tuple(override for override in present.overrides if override.ends_at > at)
    if len(overrides) >= MAX_OVERRIDES:
        detail = f"a rota has at most {MAX_OVERRIDES} overrides: make a new version without some"
        raise ValidationFailed([Violation("", "override", detail)])
    changed = Rota(present.key, present.layers, (*overrides, body.to_override()))
    return await _store_version(tx, changed, response, caller)


@routes.get("", response_model=Page[RotaRead])
async def list_rotas(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("oncall:read")],
) -> Page[RotaRead]:
    """List rotas by key, the newest version of each."""
    newest = (await rotas.list_rotas(tx)).values()
    return page.slice(
        newest,
        lambda versioned: to_response(*versioned),
        lambda versioned: (versioned[0].key,),
        (str,),
    )


@routes.get("/{rota}", response_model=RotaRead)
async def get_rota(
    tx: Transaction,
    rota: str,
    response: Response,
    caller: Annotated[Caller, requires("oncall:read")],
) -> RotaRead:
    """Get a rota by key, in its newest version."""
    present, version = await _get_rota(tx, rota)
    set_etag(response, version)
    return to_response(present, version)


async def _get_rota(tx: Connection, key: str) -> tuple[Rota, int]:
    """The newest version of a rota with its number. Raises NotFound."""
    versioned = (await rotas.list_rotas(tx)).get(key)
    if versioned is None:
        raise NotFound("This rota")
    return versioned


async def _store_version(
    tx: Connection, rota: Rota, response: Response, caller: Caller
) -> RotaRead:
    if violations := await _unknown_people(tx, rota):
        raise ValidationFailed(violations)
    await rotas.lock_rotas(tx)
    at = await transaction_time(tx)
    version = await rotas.add_rota(tx, rota, at, caller.sub)
    grounds = {"version": version}
    await record(tx, Entry.by(caller.actor, at, "rota.make", f"rota/{rota.key}", grounds))
    set_etag(response, version)
    response.headers["Location"] = f"/v1/rotas/{rota.key}"
    return to_response(rota, version)


async def _unknown_people(tx: Connection, rota: Rota) -> list[Violation]:
    """A violation for each participant and stand-in who is not an active person."""
    roles = await directory.list_roles(tx)
    named = {person for layer in rota.layers for person in layer.participants}
    named |= {override.person for override in rota.overrides if override.person}
    return [
        Violation("", "unknown_reference", f"there is no active person {person[:50]!r}")
        for person in sorted(named - set(roles))
    ]
