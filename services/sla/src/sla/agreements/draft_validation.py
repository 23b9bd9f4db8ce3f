"""Drafts of agreements: everything that a version will say, checked before anything is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.errors import Conflict, ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.clauses import Maintenance
from sla.agreements.domain.validity import Overlap, Validity, succession
from sla.agreements.schemas.requests import SECOND, AgreementAsked, MaintenanceAsked, TermsAsked
from sla.agreements.store import agreements
from sla.agreements.store.agreements import BINDING
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars import store as calendars
from sla.calendars.commands import keep
from sla.calendars.domain.closing import reaches
from sla.calendars.domain.zone import read_zone
from sla.calendars.schemas import CalendarAsked, definition_of, id_or_key
from sla.directory.store import directory

By = tuple[str, datetime]
"""Who makes it, and when."""


@dataclass(frozen=True, slots=True)
class Party:
    """Of which agreement it is a version, with whom."""

    key: str
    contract: Contract
    customer_id: UUID | None
    partner: str | None
    team: str | None


async def party_of(tx: Connection, asked: AgreementAsked) -> Party:
    """Raises Invalid for a customer or partner that nobody has told of."""
    found = await _customers(tx, [asked.customer] if asked.customer else [], "/customer")
    own = found[0] if found else None
    if asked.partner is not None and not await directory.knows_partner(tx, asked.partner):
        unknown = f"there is no partner {asked.partner!r}; intake registers them"
        raise ValidationFailed([Violation("/partner", "unknown", unknown)])
    return Party(asked.key, asked.contract, own, asked.partner, asked.team)


def same_party(found: AgreementVersion) -> Party:
    version = found.agreement
    return Party(version.key, version.contract, version.customer_id, version.partner, version.team)


UNREACHABLE = "on its calendar this takes more than ten years; promise less, or open more often"


async def version_of(
    tx: Connection, asked: TermsAsked, party: Party, id: UUID, by: By
) -> Agreement:
    """The version that is asked for, without its number. Raises Invalid, naming what cannot be.

    Calendars that are written out are kept under the agreement's key.
    """
    others = await _customers(tx, asked.customers, "/customers")
    used = await _calendars(tx, asked, party.key, by)
    await _must_be_reachable(tx, asked, used, by[1])
    zone = asked.timezone or await _zone_of(tx, used[""])
    calendar = used.pop("")
    return Agreement(
        id=id,
        key=party.key,
        version=0,
        customer_id=party.customer_id,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        targets=tuple(one.target() for one in asked.targets),
        calendar=calendar,
        calendars=used,
        services=tuple(dict.fromkeys(asked.services)),
        contract=party.contract,
        shares=tuple(sorted(set(asked.warnings))),
        ahead=tuple(before * SECOND for before in sorted(set(asked.warn_before_seconds))),
        others=tuple(id for id in dict.fromkeys(others) if id != party.customer_id),
        partner=party.partner,
        team=party.team,
        timezone=zone,
        availability=asked.availability,
        maintenance=await _maintenance(tx, asked.maintenance, zone, party.key, by),
        reserved=None if asked.reserved_seconds is None else asked.reserved_seconds * SECOND,
        price=asked.priced(),
        prose=asked.prose(),
    )


def ended_by(
    version: Agreement, supersedes: int | None, history: Sequence[AgreementVersion]
) -> Validity | Overlap | None:
    """Whose validity a version ends, or with which it would overlap."""
    new = Validity(version.version, version.valid_from, version.valid_until)
    return succession(new, supersedes, _binding(history, version.id))


def _binding(history: Sequence[AgreementVersion], but: UUID) -> Iterator[Validity]:
    for one in history:
        version = one.agreement
        if one.life.state in BINDING and version.id != but:
            yield Validity(version.version, version.valid_from, version.valid_until)


async def agreement_of(tx: Connection, version: Agreement) -> UUID:
    """The agreement of that key, new or known, held until the end.

    Raises Conflict when the key is another's, or the agreement is over.
    """
    id = await agreements.lock_key(tx, version.key)
    if id is None:
        id = uuid7()
        await agreements.add(tx, id, version)
        return id
    found = await agreements.find(tx, id)
    assert found is not None, "an agreement is stored with its first version"
    known = same_party(found)
    if (known.customer_id, known.contract, known.partner, known.team) != (
        version.customer_id,
        version.contract,
        version.partner,
        version.team,
    ):
        raise Conflict("This key belongs to another party or contract. Take another key.")
    if found.over:
        raise Conflict("This agreement was deactivated. Make a new one under another key.")
    return id


async def _customers(tx: Connection, names: Sequence[str], pointer: str) -> list[UUID]:
    ids, wrong = [], []
    for index, name in enumerate(names):
        found = await directory.find_customer(tx, id_or_key(name))
        if found is None:
            at = pointer if pointer == "/customer" else f"{pointer}/{index}"
            said = f"there is no customer {name!r}; intake registers them"
            wrong.append(Violation(at, "unknown", said))
        else:
            ids.append(found.id)
    if wrong:
        raise ValidationFailed(wrong)
    return ids


async def _calendars(tx: Connection, asked: TermsAsked, key: str, by: By) -> dict[str, UUID]:
    """Calendar version by priority; the one for all others under the empty name."""
    found = {"": await _calendar(tx, asked.calendar, "/calendar", key, by)}
    for priority, wish in asked.calendars.items():
        pointer = f"/calendars/{priority}"
        found[priority] = await _calendar(tx, wish, pointer, f"{key}-{priority}", by)
    return found


async def _calendar(
    tx: Connection, wish: CalendarAsked | str, pointer: str, key: str, by: By
) -> UUID:
    """The version that is wished; one written out is kept. Raises Invalid where it never opens."""
    if isinstance(wish, CalendarAsked):
        return (await keep(tx, key, definition_of(wish), by, pointer=pointer)).id
    known = await calendars.find(tx, id_or_key(wish))
    if known is None:
        raise ValidationFailed([Violation(pointer, "unknown", f"there is no calendar {wish!r}")])
    return known.id


async def _must_be_reachable(
    tx: Connection, asked: TermsAsked, used: Mapping[str, UUID], at: datetime
) -> None:
    """Raises Invalid for a target that its calendar hardly ever reaches: an hour a week makes years
    of some days, and a clock whose deadline lies beyond all calendars would fail in a handler."""
    tables = await calendars.timetables(tx, list(used.values()))
    wrong = [
        Violation(f"/targets/{index}/target_seconds", "unreachable", UNREACHABLE)
        for index, one in enumerate(asked.targets)
        if one.target_seconds is not None
        and not reaches(tables[used.get(one.priority, used[""])], at, one.target_seconds * SECOND)
    ]
    if wrong:
        raise ValidationFailed(wrong)


async def _zone_of(tx: Connection, calendar: UUID) -> str:
    return (await calendars.timetables(tx, [calendar]))[calendar].calendar.zone.name


async def _maintenance(
    tx: Connection, asked: MaintenanceAsked, zone: str, key: str, by: By
) -> Maintenance:
    try:
        read_zone(zone)
    except LookupError as unknown:
        raise ValidationFailed([Violation("/timezone", "timezone", str(unknown.args[0]))]) from None
    dated = tuple(sorted((window.starts_at, window.ends_at) for window in asked.dated))
    if not any(asked.weekly.values()):
        return Maintenance(None, dated)
    weekly: Mapping[str, Any] = asked.model_dump(mode="json", include={"weekly"})
    definition = {"timezone": zone, **weekly, "overrides": {}, "breaks": {}, "holidays": {}}
    made = await keep(tx, f"{key}-maintenance", definition, by, pointer="/maintenance")
    return Maintenance(made.id, dated)
