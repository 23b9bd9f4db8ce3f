"""Match an agreement to a ticket, with the reasons; compare two versions."""

from collections.abc import Iterable, Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed
from common.events.directory import Tier
from common.events.tickets import Kind, Priority, Source
from common.http import Instant, Refers, ResponseModel, Transaction, router
from common.http.fields import MAX_TAGS, Key, Tag
from common.persistence.database import Connection, transaction_time
from common.persistence.keys import id_or_key
from sla.agreements.dependencies import get_visible_version
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.diff import diff_versions
from sla.agreements.domain.matching import (
    SELECTION_RULE,
    Candidate,
    MatchCode,
    MatchQuery,
    match_versions,
)
from sla.agreements.domain.ticket_traits import TicketTraits
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars import store as calendars
from sla.directory.dependencies import unknown_customer
from sla.directory.store import directory
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])

MAX_CANDIDATES = 200
"""Candidates in one answer; nobody has as many."""


class CandidateRead(ResponseModel):
    """A version and why it was chosen or not. `id` is that of the version."""

    id: UUID
    key: str
    version: int
    chosen: bool
    outcome: MatchCode
    reason: str


class TermsRead(ResponseModel):
    metric: str
    target_seconds: int | None
    pausable: bool
    calendar: UUID
    reason: str


class MatchRead(ResponseModel):
    """`terms`: what the chosen version promises, if `priority` and `kind` are given."""

    rule: str
    chosen: UUID | None
    candidates: list[CandidateRead]
    terms: list[TermsRead]


class DifferenceRead(ResponseModel):
    """A term on which they differ, in words. To say the same in another language: `code` and `parameters` name the
    term, the other two are what each version fills in, null where it agrees on nothing.
    """

    term: str
    previous: str
    current: str
    code: str
    parameters: dict[str, str]
    previous_parameters: dict[str, str] | None
    current_parameters: dict[str, str] | None


class VersionDiffRead(ResponseModel):
    key: str
    from_version: int
    to_version: int
    differences: list[DifferenceRead]


VersionNumber = Annotated[int, Query(gt=0, lt=2**31)]


@routes.get("/matching")
async def match_agreement(
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    customer: Annotated[
        str, Query(min_length=1, max_length=100, description="Id or key."), Refers("customer")
    ],
    service: Annotated[str | None, Query(min_length=1, max_length=100), Refers("service")] = None,
    priority: Annotated[Priority | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    environment_tier: Annotated[Tier | None, Query()] = None,
    channel: Annotated[Source | None, Query()] = None,
    customer_tier: Annotated[
        Key | None, Query(description="That of the customer by default.")
    ] = None,
    tag: Annotated[list[Tag] | None, Query(max_length=MAX_TAGS)] = None,
    at: Annotated[Instant | None, Query(description="Without it: now.")] = None,
    contract: Annotated[Contract, Query()] = "sla",
) -> MatchRead:
    """Find the agreement that applies to a ticket opened at `at`.

    Every candidate has the reason why it applies or not.
    """
    known_customer = await directory.find_customer(tx, id_or_key(customer))
    if known_customer is None or not caller.can_see(known_customer.key):
        raise ValidationFailed([unknown_customer(customer, "/query/customer")])
    if caller.customer is not None and contract != "sla":
        raise NotFound("This contract")
    query = MatchQuery(known_customer.id, service, at or await transaction_time(tx))
    binding = await agreements.list_binding(tx, [known_customer.id], contract)
    candidates = match_versions(binding.get(known_customer.id, ()), query)[:MAX_CANDIDATES]
    own_tier = (await directory.get_customer_tiers(tx, [known_customer.id])).get(known_customer.id)
    traits = TicketTraits(environment_tier, channel, customer_tier or own_tier, tuple(tag or ()))
    chosen = candidates[0].version if candidates and candidates[0].code == "chosen" else None
    return MatchRead(
        rule=SELECTION_RULE,
        chosen=chosen.id if chosen else None,
        candidates=[_candidate_to_response(one) for one in candidates],
        terms=_terms_to_response(chosen, priority, kind, traits)
        if chosen and priority and kind
        else [],
    )


@routes.get("/{agreement}/diff")
async def compare_versions(
    name: AgreementRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:read")],
    old: Annotated[VersionNumber, Query(alias="from")],
    new: Annotated[VersionNumber, Query(alias="to")],
) -> VersionDiffRead:
    """Compare two versions of an agreement, term by term.

    A customer whom it only covers compares what is promised, without price and clauses.
    """
    old_version = await get_visible_version(tx, id_or_key(name), caller, old)
    new_version = await get_visible_version(tx, old_version.agreement_id, caller, new)
    stored = (old_version, new_version)
    versions = [one.agreement for one in stored]
    names = _customer_names(stored, caller) | await _calendar_names(tx, versions)
    is_party = caller.customer is None or all(one.is_made_with(caller.customer) for one in stored)
    compared = versions if is_party else [one.without_clauses() for one in versions]
    changes = diff_versions(compared[0], compared[1], names)
    return VersionDiffRead(
        key=old_version.agreement.key,
        from_version=old,
        to_version=new,
        differences=[
            DifferenceRead(
                term=one.term,
                previous=one.previous,
                current=one.current,
                code=one.code,
                parameters=dict(one.about),
                previous_parameters=_dict(one.previous_facts),
                current_parameters=_dict(one.current_facts),
            )
            for one in changes
        ],
    )


def _dict(facts: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if facts is None else dict(facts)


def _customer_names(stored: Iterable[AgreementVersion], caller: Caller) -> dict[UUID, str]:
    """The names of all covered customers; a customer does not learn who else is covered."""
    keys = [
        pair for one in stored for pair in zip(one.agreement.customers, one.customers, strict=True)
    ]
    if caller.customer is None:
        return {id: key for id, key in keys if key is not None}
    return {id: "you" if key == caller.customer else "others" for id, key in keys}


async def _calendar_names(tx: Connection, versions: list[Agreement]) -> dict[UUID, str]:
    ids = {id for one in versions for id in (one.calendar, *one.calendars.values())}
    ids |= {one.maintenance.weekly for one in versions if one.maintenance.weekly}
    return await calendars.get_names(tx, ids)


def _candidate_to_response(candidate: Candidate) -> CandidateRead:
    version = candidate.version
    return CandidateRead(
        id=version.id,
        key=version.key,
        version=version.version,
        chosen=candidate.code == "chosen",
        outcome=candidate.code,
        reason=candidate.reason,
    )


def _terms_to_response(
    chosen: Agreement, priority: str, kind: str, traits: TicketTraits
) -> list[TermsRead]:
    responses = []
    for metric in chosen.metrics():
        terms = chosen.terms_for(metric, priority, kind, traits)
        target = chosen.target_for(metric, priority, kind, traits)
        named = ", ".join(one for one in target.conditions if one) if target else ""
        reason = f"the target for {named}" if named else "the target for every kind of ticket"
        has_target = terms.target is not None
        responses.append(
            TermsRead(
                metric=metric,
                target_seconds=int(terms.target.total_seconds()) if terms.target else None,
                pausable=terms.pausable,
                calendar=terms.calendar,
                reason=reason if has_target else f"nothing is promised for {priority} {kind}",
            )
        )
    return responses
