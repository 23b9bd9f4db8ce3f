"""Checks and builds draft versions before anything is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.domain.durations import SECOND
from common.errors import Conflict, ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.clauses import Maintenance
from sla.agreements.domain.validity import Overlap, Validity, succession
from sla.agreements.schemas.requests import (
    AgreementCreate,
    AgreementTerms,
    MaintenanceTermsCreate,
)
from sla.agreements.store import agreements
from sla.agreements.store.agreements import BINDING_STATES
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars import store as calendars
from sla.calendars.commands import create_version
from sla.calendars.domain.closing import is_reachable
from sla.calendars.domain.zone import read_zone
from sla.calendars.schemas import CalendarDefinition, definition_of
from sla.directory.dependencies import unknown_customer
from sla.directory.store import directory


@dataclass(frozen=True, slots=True)
class Party:
    """The agreement of a version: its key, its kind of contract, and the other side."""

    key: str
    contract: Contract
    customer_id: UUID | None
    partner: str | None
    team: str | None


async def resolve_party(tx: Connection, body: AgreementCreate) -> Party:
    """The party that a new agreement names. Raises ValidationFailed for an unknown customer or
    partner."""
    customer_ids = await _resolve_customers(
        tx, [body.customer] if body.customer else [], "/customer"
    )
    customer_id = customer_ids[0] if customer_ids else None
    if body.partner is not None and not await directory.partner_exists(tx, body.partner):
        detail = f"there is no partner {body.partner!r}; intake registers them"
        raise ValidationFailed([Violation("/partner", "unknown_reference", detail)])
    return Party(body.key, body.contract, customer_id, body.partner, body.team)


def party_of(version: Agreement) -> Party:
    return Party(version.key, version.contract, version.customer_id, version.partner, version.team)


UNREACHABLE_DETAIL = (
    "on its calendar this takes more than ten years; promise less, or open more often"
)


async def build_version(
    tx: Connection, body: AgreementTerms, party: Party, id: UUID, author: str, at: datetime
) -> Agreement:
    """The version that is asked for, without its number yet.

    Calendars that are written out are stored under the agreement's key. Raises ValidationFailed
    for unknown customers, unknown or invalid calendars, and targets out of reach.
    """
    other_customers = await _resolve_customers(tx, body.customers, "/customers")
    calendar_ids = await _resolve_calendars(tx, body, party.key, author, at)
    await _check_reachable(tx, body, calendar_ids, at)
    zone = body.timezone or await _load_zone_name(tx, calendar_ids[""])
    calendar = calendar_ids.pop("")
    return Agreement(
        id=id,
        key=party.key,
        version=0,
        customer_id=party.customer_id,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        targets=tuple(one.to_target() for one in body.targets),
        calendar=calendar,
        calendars=calendar_ids,
        services=tuple(dict.fromkeys(body.services)),
        contract=party.contract,
        warning_thresholds=tuple(sorted(set(body.warnings))),
        warning_lead_times=tuple(
            before * SECOND for before in sorted(set(body.warn_before_seconds))
        ),
        other_customers=tuple(
            id for id in dict.fromkeys(other_customers) if id != party.customer_id
        ),
        partner=party.partner,
        team=party.team,
        timezone=zone,
        availability=body.availability,
        maintenance=await _build_maintenance(tx, body.maintenance, zone, party.key, author, at),
        reserved=None if body.reserved_seconds is None else body.reserved_seconds * SECOND,
        price=body.to_price(),
        prose=body.to_prose(),
        pinned=body.customer_signs if body.pinned is None else body.pinned,
        goals=tuple(one.to_goal() for one in body.goals),
        credit_cap_percent=body.credit_cap_percent,
    )


def find_succession(
    version: Agreement, supersedes: int | None, history: Sequence[AgreementVersion]
) -> Validity | Overlap | None:
    """The validity that a version ends, or with which it would overlap; None where neither."""
    new = Validity(version.version, version.valid_from, version.valid_until)
    return succession(new, supersedes, _binding_validities(history, version.id))


def _binding_validities(
    history: Sequence[AgreementVersion], excluded_id: UUID
) -> Iterator[Validity]:
    for one in history:
        version = one.agreement
        if one.lifecycle.state in BINDING_STATES and version.id != excluded_id:
            yield Validity(version.version, version.valid_from, version.valid_until)


async def lock_or_create_agreement(tx: Connection, version: Agreement) -> UUID:
    """The id of the agreement with this key, created where it is new, locked until the end.

    Raises Conflict where the key is that of another party, or the agreement is terminated.
    """
    id = await agreements.lock_key(tx, version.key)
    if id is None:
        id = uuid7()
        await agreements.add(tx, id, version)
        return id
    stored = await agreements.find(tx, id)
    assert stored is not None, "an agreement is stored with its first version"
    if party_of(stored.agreement) != party_of(version):
        detail = "This key belongs to another party or contract. Take another key."
        raise Conflict(detail, code="KEY_TAKEN", type="conflict")
    if stored.is_terminated:
        detail = "This agreement was deactivated. Make a new one under another key."
        raise Conflict(detail, code="AGREEMENT_DEACTIVATED", type="conflict")
    return id


async def _resolve_customers(tx: Connection, names: Sequence[str], pointer: str) -> list[UUID]:
    ids, violations = [], []
    for index, name in enumerate(names):
        customer = await directory.find_customer(tx, id_or_key(name))
        if customer is None:
            error_pointer = pointer if pointer == "/customer" else f"{pointer}/{index}"
            violations.append(unknown_customer(name, error_pointer))
        else:
            ids.append(customer.id)
    if violations:
        raise ValidationFailed(violations)
    return ids


async def _resolve_calendars(
    tx: Connection, body: AgreementTerms, key: str, author: str, at: datetime
) -> dict[str, UUID]:
    """The id of the calendar version by priority; "" stands for all priorities not named."""
    calendar_ids = {"": await _resolve_calendar(tx, body.calendar, "/calendar", key, author, at)}
    for priority, reference in body.calendars.items():
        pointer = f"/calendars/{priority}"
        calendar_ids[priority] = await _resolve_calendar(
            tx, reference, pointer, f"{key}-{priority}", author, at
        )
    return calendar_ids


async def _resolve_calendar(
    tx: Connection,
    reference: CalendarDefinition | str,
    pointer: str,
    key: str,
    author: str,
    at: datetime,
) -> UUID:
    """The id of the calendar version; one that is written out is stored first.

    Raises ValidationFailed for an unknown calendar, and for one that never opens.
    """
    if isinstance(reference, CalendarDefinition):
        definition = definition_of(reference)
        return (await create_version(tx, key, definition, author, at, pointer=pointer)).id
    version = await calendars.find(tx, id_or_key(reference))
    if version is None:
        raise ValidationFailed(
            [Violation(pointer, "unknown_reference", f"there is no calendar {reference!r}")]
        )
    return version.id


async def _check_reachable(
    tx: Connection, body: AgreementTerms, calendar_ids: Mapping[str, UUID], at: datetime
) -> None:
    """Raises ValidationFailed for a target that takes more than ten years on its calendar.

    An hour a week makes years of some days, and a clock whose deadline lies beyond all calendars
    would fail in a handler.
    """
    tables = await calendars.load_timetables(tx, list(calendar_ids.values()))
    violations = [
        Violation(f"/targets/{index}/target_seconds", "unreachable", UNREACHABLE_DETAIL)
        for index, one in enumerate(body.targets)
        if one.target_seconds is not None
        and not is_reachable(
            tables[calendar_ids.get(one.priority, calendar_ids[""])],
            at,
            one.target_seconds * SECOND,
        )
    ]
    if violations:
        raise ValidationFailed(violations)


async def _load_zone_name(tx: Connection, calendar: UUID) -> str:
    return (await calendars.load_timetables(tx, [calendar]))[calendar].calendar.zone.name


async def _build_maintenance(
    tx: Connection, body: MaintenanceTermsCreate, zone: str, key: str, author: str, at: datetime
) -> Maintenance:
    """The agreed maintenance; its weekly windows are stored as a calendar. Raises ValidationFailed."""
    try:
        read_zone(zone)
    except LookupError as error:
        raise ValidationFailed(
            [Violation("/timezone", "unknown_timezone", str(error.args[0]))]
        ) from None
    dated = tuple(sorted((window.starts_at, window.ends_at) for window in body.dated))
    if not any(body.weekly.values()):
        return Maintenance(None, dated)
    weekly: Mapping[str, Any] = body.model_dump(mode="json", include={"weekly"})
    definition = {"timezone": zone, **weekly, "overrides": {}, "breaks": {}, "holidays": {}}
    created = await create_version(
        tx, f"{key}-maintenance", definition, author, at, pointer="/maintenance"
    )
    return Maintenance(created.id, dated)
