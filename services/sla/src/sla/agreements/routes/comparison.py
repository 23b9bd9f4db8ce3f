"""Which agreement would hold and why, and what one version says that another does not."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.events.tickets import Kind, Priority
from common.http import Instant, ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.agreements.dependencies import seen
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.diff import differences
from sla.agreements.domain.matching import RULE, Candidate, Code, Question, matched
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.schemas import Name, id_or_key
from sla.directory.store import directory

routes = router("/v1/agreements", tags=["agreements"])

MOST = 200
"""Candidates that are told; nobody has as many."""


class CandidateTold(ResponseModel):
    """`id`: that of the version."""

    id: UUID
    key: str
    version: int
    chosen: bool
    code: Code
    reason: str


class TermsTold(ResponseModel):
    metric: str
    target_seconds: int | None
    pausable: bool
    calendar: UUID
    reason: str


class MatchTold(ResponseModel):
    """`terms`: what the chosen one promises for such a ticket, where `priority` and `kind` are given."""

    rule: str
    chosen: UUID | None
    candidates: list[CandidateTold]
    terms: list[TermsTold]


class DifferenceTold(ResponseModel):
    term: str
    previous: str
    current: str


class DifferencesTold(ResponseModel):
    key: str
    from_version: int
    to_version: int
    differences: list[DifferenceTold]


Version = Annotated[int, Query(gt=0, lt=2**31)]


@routes.get("/matching")
async def match_agreement(
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    customer: Annotated[str, Query(min_length=1, max_length=100, description="Id or key.")],
    service: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
    priority: Annotated[Priority | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    at: Annotated[Instant | None, Query(description="Without it: now.")] = None,
    contract: Annotated[Contract, Query()] = "sla",
) -> MatchTold:
    """Which agreement holds for a ticket opened at `at`, why, and why no other one does."""
    known = await directory.find_customer(tx, id_or_key(customer))
    if known is None or not caller.can_see(known.key):
        raise ValidationFailed(
            [Violation("/query/customer", "unknown", "there is no such customer")]
        )
    if caller.customer is not None and contract != "sla":
        raise NotFound("This contract")
    asked = Question(known.id, service, at or await transaction_time(tx))
    binding = await agreements.published(tx, [known.id], contract)
    found = matched(binding.get(known.id, ()), asked)[:MOST]
    chosen = found[0].version if found and found[0].code == "chosen" else None
    return MatchTold(
        rule=RULE,
        chosen=chosen.id if chosen else None,
        candidates=[_candidate(one) for one in found],
        terms=_terms(chosen, priority, kind) if chosen and priority and kind else [],
    )


@routes.get("/{name}/diff")
async def compare_versions(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    old: Annotated[Version, Query(alias="from")],
    new: Annotated[Version, Query(alias="to")],
) -> DifferencesTold:
    """What changed between two versions, as a list that people read."""
    was = await seen(tx, id_or_key(name), caller, old)
    now = await seen(tx, was.agreement_id, caller, new)
    names = dict(zip(was.agreement.customers, was.customers, strict=True))
    names |= dict(zip(now.agreement.customers, now.customers, strict=True))
    shown = [one.agreement for one in (was, now)]
    if caller.customer is not None:
        # Who else is covered is nobody's business among customers.
        names = {id: "you" if key == caller.customer else "others" for id, key in names.items()}
    names |= await _calendar_names(tx, shown)
    found = differences(shown[0], shown[1], names)
    return DifferencesTold(
        key=was.agreement.key,
        from_version=old,
        to_version=new,
        differences=[
            DifferenceTold(term=d.term, previous=d.previous, current=d.current) for d in found
        ],
    )


async def _calendar_names(tx: Connection, shown: list[Agreement]) -> dict[UUID, str]:
    ids = {id for one in shown for id in (one.calendar, *one.calendars.values())}
    ids |= {one.maintenance.weekly for one in shown if one.maintenance.weekly}
    return await calendars.names(tx, ids)


def _candidate(one: Candidate) -> CandidateTold:
    version = one.version
    return CandidateTold(
        id=version.id,
        key=version.key,
        version=version.version,
        chosen=one.code == "chosen",
        code=one.code,
        reason=one.reason,
    )


def _terms(chosen: Agreement, priority: str, kind: str) -> list[TermsTold]:
    told = []
    for metric in chosen.metrics():
        terms = chosen.terms(metric, priority, kind)
        named = any(
            (one.metric, one.priority, one.kind) == (metric, priority, kind)
            for one in chosen.targets
        )
        general = f"the target for {kind}" if named else "the target for every kind of ticket"
        promised = terms.target is not None
        told.append(
            TermsTold(
                metric=metric,
                target_seconds=int(terms.target.total_seconds()) if terms.target else None,
                pausable=terms.pausable,
                calendar=terms.calendar,
                reason=general if promised else f"nothing is promised for {priority} {kind}",
            )
        )
    return told
