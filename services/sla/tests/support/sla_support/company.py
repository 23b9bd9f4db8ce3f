"""Acme, its calendar and its agreement, and what intake says of its tickets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from common.events.directory import CustomerKnown, PersonKnown
from common.events.tickets import TicketEvent, TicketOpened
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.protocol import deliver, freeze_time
from opsdesk_testing.tokens import STAFF
from sla.agreements.domain.agreement import METRICS, Agreement, Target
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.definition import calendar_from_definition
from sla.calendars.domain.zone import read_zone
from sla.catalogue.domain.service import Service
from sla.catalogue.store import catalogue
from sla.handlers import HANDLERS

NINE = datetime(2026, 6, 1, 7, tzinfo=UTC)
"""Monday 09:00 in Amsterdam."""
ACME, BRIGHTWATER = UUID(int=0xAC), UUID(int=0xB0)
HOUR = timedelta(hours=1)
OFFICE = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ROUND = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
AMSTERDAM = {"timezone": "Europe/Amsterdam", "weekly": OFFICE}
PUBLISHED = VersionLifecycle(
    Signature("theo", NINE),
    state="published",
    provider_signature=Signature("theo", NINE),
    counter_signature=Signature("gina", NINE),
    publication=Signature("gina", NINE),
)
RESOLUTION_HOURS = {"blocker": 2, "critical": 4, "major": 8, "minor": 16}

T = TypeVar("T", bound=TicketEvent)


async def announce_customers(database: Database, *customers: tuple[UUID, str]) -> None:
    """Let sla hear of customers."""
    for id, key in customers:
        event = CustomerKnown(
            at=NINE,
            customer_id=id,
            customer=key,
            name=key.title(),
            timezone="Europe/Amsterdam",
            language="nl",
        )
        await deliver(database, HANDLERS, (event, 1))


async def announce_people(database: Database, *subs: str) -> None:
    """Let sla hear of members of staff."""
    events = [
        PersonKnown(
            at=NINE,
            person_id=UUID(int=0x9E0 + number),
            sub=sub,
            name=sub.title(),
            email=f"{sub}@ours.example",
            timezone="Europe/Amsterdam",
            roles=list(STAFF.get(sub, ("ops",))),
        )
        for number, sub in enumerate(subs)
    ]
    await deliver(database, HANDLERS, *((event, 1) for event in events))


async def add_services(database: Database, *keys: str) -> None:
    """Put services into the catalogue that are sold to nobody and run on nothing."""
    async with database.transaction() as tx:
        for key in keys:
            service = Service(
                uuid7(), uuid7(), key, 1, key.title(), "ops", "", None, None, (), (), "theo", NINE
            )
            await catalogue.add(tx, service)


async def promise(
    database: Database,
    customer: tuple[UUID, str] = (ACME, "acme"),
    metrics: tuple[str, ...] = ("first_response", "resolution"),
    **overrides: Any,
) -> Agreement:
    """Acme's agreement: office hours, 24/7 for blockers; nothing for trivial tickets."""
    await announce_customers(database, customer)
    await freeze_time(database, NINE)
    zone = read_zone("Europe/Amsterdam")
    async with database.transaction() as tx:
        ids = []
        for key, weekly in (("office", OFFICE), ("round", ROUND)):
            definition = {"timezone": zone.name, "weekly": weekly}
            calendar = calendar_from_definition(definition, zone)
            stored = await calendars.add(tx, uuid7(), key, definition, calendar, "theo", NINE)
            ids.append(stored.id)
        targets = tuple(
            Target(metric, priority, hours * HOUR / (4 if metric == "first_response" else 1))
            for metric in METRICS
            if metric in metrics
            for priority, hours in RESOLUTION_HOURS.items()
        )
        agreement_id = uuid7()
        office, round_the_clock = ids
        version = Agreement(
            id=uuid7(),
            key=f"{customer[1]}-standard",
            version=1,
            customer_id=customer[0],
            valid_from=NINE - timedelta(days=365),
            valid_until=None,
            targets=targets,
            calendar=office,
            calendars={"blocker": round_the_clock},
            **{"timezone": zone.name} | overrides,
        )
        await agreements.add(tx, agreement_id, version)
        await agreements.add_version(tx, agreement_id, version, PUBLISHED, None)
    return version


async def also_promise(
    database: Database, under: Agreement, key: str, **overrides: Any
) -> Agreement:
    """Another published agreement, like that one but for what is given."""
    version = replace(under, id=uuid7(), key=key, **overrides)
    async with database.transaction() as tx:
        agreement_id = uuid7()
        await agreements.add(tx, agreement_id, version)
        await agreements.add_version(tx, agreement_id, version, PUBLISHED, None)
    return version


async def underpin(
    database: Database, under: Agreement, partner: str | None = None, share: float = 0.5
) -> Agreement:
    """What second level, or a partner, promised us: for all customers, in a share of the time."""
    return await also_promise(
        database,
        under,
        f"{partner or 'second-level'}-standard",
        customer_id=None,
        contract="uc" if partner else "ola",
        partner=partner,
        targets=tuple(
            replace(one, within=one.within and one.within * share) for one in under.targets
        ),
    )


def ticket_event(event: type[T], number: int, at: datetime = NINE, **overrides: Any) -> T:
    """What intake says about ticket OPS-`number`."""
    fields: dict[str, Any] = {
        "at": at,
        "ticket_id": UUID(int=number),
        "ticket": f"OPS-{number}",
        "title": "The invoice run hangs",
        "kind": "incident",
        "priority": "major",
        "state": "open",
        "customer_id": ACME,
        "customer": "acme",
    }
    return event(**fields | overrides)


def ticket_opened(number: int, at: datetime = NINE, **overrides: Any) -> TicketOpened:
    return ticket_event(
        TicketOpened,
        number,
        at,
        **{"opened_at": at, "channel": "portal", "state": "new"} | overrides,
    )
