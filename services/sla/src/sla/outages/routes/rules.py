"""HTTP in: the rules by which alerts and tickets count as outages, in versions."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.http import Refers, RequestModel, ResponseModel, Transaction, if_match, router, set_etag
from common.persistence.database import transaction_time
from sla.outages.domain.rules import Rule, Source
from sla.outages.domain.state_timeline import Effect
from sla.outages.store import rules as outage_rules
from sla.outages.store.rules import Rules

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


class RulesRead(ResponseModel):
    """`version` 0: the default rules."""

    version: int
    rules: tuple[RuleRead, ...]
    created_by: str | None
    created_at: datetime | None


@routes.get("")
async def get_outage_rules(
    tx: Transaction, response: Response, caller: Annotated[Caller, requires("outages:write")]
) -> RulesRead:
    """Get the outage rules."""
    current = await outage_rules.get_current(tx)
    set_etag(response, current.version)
    return RulesRead.model_validate(current)


@routes.put("")
async def update_outage_rules(
    body: RulesUpdate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:configure")],
) -> RulesRead:
    """Replace the outage rules by the next version, for alerts and tickets from now on.

    Existing outages stay as they are.
    """
    await outage_rules.lock(tx)
    before = await outage_rules.get_current(tx)
    if_match(request, before.version, RulesRead.model_validate(before))
    at = await transaction_time(tx)
    rules = tuple(Rule(**rule.model_dump()) for rule in body.rules)
    new_version = Rules(before.version + 1, rules, caller.sub, at)
    await outage_rules.add(tx, new_version)
    grounds = {"version": new_version.version, "rules": body.model_dump(mode="json")["rules"]}
    entry = Entry.by(caller.actor, at, "outage_rules.write", "outage-rules/1", grounds)
    await record(tx, entry)
    return RulesRead.model_validate(new_version)
