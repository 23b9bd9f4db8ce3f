"""HTTP in: the rules by which alerts and tickets count as outages, in versions."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict
from common.http import (
    Refers,
    RequestModel,
    ResponseModel,
    Transaction,
    if_match,
    rejection_response,
    router,
    set_etag,
)
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.outages.domain.rules import Rule, Source, forget_blockers, silence_everything
from sla.outages.domain.state_timeline import Effect
from sla.outages.store import rules as outage_rules
from sla.outages.store.rules import Rules, RulesRequest

routes = router("/v1/outage-rules", tags=["outages"])

Text = Annotated[str, Field(min_length=1, max_length=100)]
Names = Annotated[tuple[Text, ...], Field(max_length=100)]
EnvironmentKeys = Annotated[
    tuple[Annotated[Text, Refers("environment")], ...], Field(max_length=100)
]
ServiceKeys = Annotated[tuple[Annotated[Text, Refers("service")], ...], Field(max_length=100)]


class RuleUpdate(RequestModel):
    """A rule; every condition that is given must match. `effect` null: it is not an outage.

    `levels` are severities in lower case, or priorities."""

    effect: Effect | None
    source: Source | None = None
    levels: Names = ()
    monitors: Names = ()
    environments: EnvironmentKeys = ()
    tiers: Names = ()
    services: ServiceKeys = ()
    name_prefix: Annotated[str, Field(max_length=200)] = ""


class RulesUpdate(RequestModel):
    """The first rule that matches decides; without a match it is not an outage."""

    rules: Annotated[tuple[RuleUpdate, ...], Field(max_length=200)]


class RuleRead(ResponseModel):
    effect: Effect | None
    source: Source | None
    levels: tuple[str, ...]
    monitors: tuple[str, ...]
    environments: tuple[str, ...]
    tiers: tuple[str, ...]
    services: tuple[str, ...]
    name_prefix: str


class WaitingRulesRead(ResponseModel):
    """Rules that wait for a second person."""

    rules: tuple[RuleRead, ...]
    requested_by: str
    requested_at: datetime


class RulesRead(ResponseModel):
    """`version` 0: the default rules. `waiting`: rules by which nothing would be an outage, asked for by
    one person; another one confirms them, or any other change makes them void.
    """

    version: int
    rules: tuple[RuleRead, ...]
    created_by: str | None
    created_at: datetime | None
    confirmed_by: str | None
    waiting: WaitingRulesRead | None = None


@routes.get("")
async def get_outage_rules(
    tx: Transaction, response: Response, caller: Annotated[Caller, requires("outage-rules:read")]
) -> RulesRead:
    """Get the outage rules."""
    current = await outage_rules.get_current(tx)
    set_etag(response, current.version)
    return await _read(tx, current)


@routes.put("")
async def update_outage_rules(
    body: RulesUpdate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:configure")],
) -> RulesRead:
    """Replace the outage rules by the next version, for alerts and tickets from now on.

    Existing outages stay as they are. Rules by which nothing would be an outage any more, or a blocker in
    production that is one now would be none, change nothing until another person confirms them: the
    answer has them as `waiting`.
    """
    await outage_rules.lock(tx)
    before = await outage_rules.get_current(tx)
    if_match(request, before.version, RulesRead.model_validate(before))
    at = await transaction_time(tx)
    rules = tuple(Rule(**rule.model_dump()) for rule in body.rules)
    if silence_everything(rules) or forget_blockers(before.rules, rules):
        asked = RulesRequest(uuid7(), before.version, rules, caller.sub, at)
        await outage_rules.add_request(tx, asked)
        await _record(tx, caller, at, "outage_rules.request", before.version, rules)
        return await _read(tx, before)
    new_version = Rules(before.version + 1, rules, caller.sub, at)
    await outage_rules.add(tx, new_version)
    await _record(tx, caller, at, "outage_rules.write", new_version.version, rules)
    return await _read(tx, new_version)


@routes.post("/confirm", response_model=RulesRead)
async def confirm_outage_rules(
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:configure")],
) -> RulesRead | Response:
    """Confirm outage rules by which nothing is an outage any more, as another person than who asked."""
    await outage_rules.lock(tx)
    before = await outage_rules.get_current(tx)
    if_match(request, before.version, RulesRead.model_validate(before))
    asked = await outage_rules.find_waiting(tx, before.version)
    if asked is None:
        raise Conflict(
            "No outage rules wait for a second person.", code="NOTHING_PENDING", type="conflict"
        )
    at = await transaction_time(tx)
    if asked.requested_by == await counted_as(tx, caller.sub, asked.requested_by):
        await _record(tx, caller, at, "outage_rules.confirm.denied", before.version, asked.rules)
        detail = "Another person than who asked for these rules confirms them."
        return rejection_response(Rejection("SELF_APPROVAL", detail))
    version = before.version + 1
    new_version = Rules(version, asked.rules, asked.requested_by, at, caller.sub)
    await outage_rules.add(tx, new_version)
    await _record(tx, caller, at, "outage_rules.write", version, asked.rules)
    return await _read(tx, new_version)


async def _read(tx: Connection, current: Rules) -> RulesRead:
    """The rules with what waits to replace them."""
    asked = await outage_rules.find_waiting(tx, current.version)
    shown = RulesRead.model_validate(current)
    waiting = None if asked is None else WaitingRulesRead.model_validate(asked)
    return shown.model_copy(update={"waiting": waiting})


async def _record(
    tx: Connection,
    caller: Caller,
    at: datetime,
    action: str,
    version: int,
    rules: tuple[Rule, ...],
) -> None:
    grounds = {"version": version, "rules": [asdict(rule) for rule in rules]}
    entry = Entry.by(caller.actor, at, action, "outage-rules/1", grounds)
    await record(tx, entry)
