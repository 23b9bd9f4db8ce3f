"""Two customers of whom every service knows the same kinds of things: Acme, and Brightwater, a stranger to it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient

from common.auth import address_digest
from common.events.directory import ContactKnown, EnvironmentKnown
from common.events.envelope import Event
from common.messaging.inbox import Handlers
from common.persistence.database import Database
from delivery_gate.handlers import HANDLERS as GATE_HANDLERS
from intake_support.services import announce_service
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from opsdesk_testing.tokens import STAFF
from sla.handlers import HANDLERS as SLA_HANDLERS
from sla.timers import TIMERS
from sla_support.catalogue_scenario import announce_directory, describe_service
from sla_support.company import (
    ACME,
    AMSTERDAM,
    BRIGHTWATER,
    HOUR,
    NINE,
    also_promise,
    announce_people,
    promise,
    ticket_opened,
)
from sla_support.outages import add_outage
from sla_support.review_month import explain_breaches

CUSTOMERS: Mapping[str, UUID] = {"acme": ACME, "brightwater": BRIGHTWATER}
CONTACTS = {"acme": "jan@acme.example", "brightwater": "britta@brightwater.example"}
SERVICES = {"acme": "billing", "brightwater": "clinic-records"}
TITLE = "Trouble of {customer}: nobody can log in"
DAY = timedelta(days=1)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
"""Midnight in Amsterdam: the reviews of June are drawn up."""


Fill = Callable[[Database, FastAPI], Awaitable[Mapping[str, UUID]]]
"""Lets a service know both customers. Returns their ids."""


async def fill_intake(database: Database, app: FastAPI) -> Mapping[str, UUID]:
    """Register both customers and open a ticket of each, with messages. Returns their ids."""
    await freeze_time(database, NINE)
    ids: dict[str, UUID] = {}
    async with client(app, "anna") as anna, client(app, "theo") as theo:
        for number, (key, service) in enumerate(SERVICES.items()):
            id = UUID(int=0x5E0 + number)
            await announce_service(database, service, sold_to=(key,), id=id)
            made = await _made(anna, "/v1/customers", {"key": key, "name": key.title()})
            ids[key] = UUID(made["id"])
            environment = {"key": f"{key}-prod", "tier": "production", "name": key}
            await _made(anna, f"/v1/customers/{key}/environments", environment)
            contact = {"name": key.title(), "address": CONTACTS[key]}
            await _made(anna, f"/v1/customers/{key}/contacts", contact)
            about = {"title": TITLE.format(customer=key), "customer": key}
            body = about | {"environment": f"{key}-prod", "service": service}
            ticket = await _made(anna, "/v1/tickets", body)
            reply = {"text": f"{key} was told", "visibility": "public"}
            await _made(anna, f"/v1/tickets/{ticket['key']}/replies", reply)
            form: dict[str, Any] = {
                "key": f"{key}-form",
                "title": f"A form of {key}",
                "service": service,
            }
            form |= {"schema": {"type": "object", "properties": {}}}
            await _made(theo, "/v1/request-forms", form)
            article = {"title": f"How {key} does it", "body": f"As {key}", "language": "en"}
            await _made(anna, "/v1/articles", article)
            change = await _made(
                anna, "/v1/tickets", about | {"kind": "change_request", "nature": "adaptive"}
            )
            estimate = {"estimate_seconds": 3600, "note": f"An hour for {key}"}
            path = f"/v1/change-requests/{change['key']}/estimate"
            assert (await anna.put(path, json=estimate)).status_code == 200
    return ids


async def fill_sla(database: Database, app: FastAPI) -> Mapping[str, UUID]:
    """Promise both the same, and let each have a ticket, an outage, a series and a review."""
    await freeze_time(database, NINE)
    await announce_people(database, *STAFF)
    await announce_directory(database)
    await _announce_contacts(database, SLA_HANDLERS)
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        for key, service in SERVICES.items():
            made = await describe_service(
                theo, service, f"environment/{key}-prod", sold_to=[key], name=f"Service of {key}"
            )
            assert made.status_code == 201, made.text
        terms = await promise(database, (BRIGHTWATER, "brightwater"), availability=0.99)
        await also_promise(database, terms, "acme-standard", customer_id=ACME)
        await _made(theo, "/v1/calendars", AMSTERDAM | {"key": "spare-hours"})
        for number, key in enumerate(CUSTOMERS, start=1):
            await _serve(database, theo, gina, key, number)
        await freeze_time(database, JULY - DAY)
        await fire_due(database, TIMERS)
        for number in range(1, len(CUSTOMERS) + 1):
            await explain_breaches(database, 99_990 + number)
        await freeze_time(database, JULY)
        await fire_due(database, TIMERS)
        for key in CUSTOMERS:
            published = await gina.post(f"/v1/reviews/{key}-2026-06/publish")
            assert published.status_code == 200, published.text
    return CUSTOMERS


async def _serve(
    database: Database, theo: AsyncClient, gina: AsyncClient, key: str, number: int
) -> None:
    customer: dict[str, Any] = {"customer_id": CUSTOMERS[key], "customer": key}
    customer |= {"service": SERVICES[key], "title": TITLE.format(customer=key)}
    opened = ticket_opened(99_990 + number, **customer)
    await deliver(database, SLA_HANDLERS, (opened, 1))
    scope = (CUSTOMERS[key], f"{key}-prod")
    await add_outage(database, NINE - 2 * HOUR, NINE - HOUR, *scope, SERVICES[key])
    window = {
        "starts_at": (NINE + 5 * DAY).isoformat(),
        "ends_at": (NINE + 5 * DAY + HOUR).isoformat(),
    }
    agreement = f"/v1/agreements/{key}-standard"
    await _made(theo, f"{agreement}/extensions", window | {"reason": f"A go-live of {key}"})
    await _negotiate(theo, key)
    quiet = {"environment": f"{key}-prod", "title": f"New disks of {key}"}
    await _made(theo, "/v1/maintenance", quiet | window)
    series = {"key": f"{key}.response", "name": f"Response of {key}", "unit": "ms"}
    await _made(gina, "/v1/series", series | {"customer": key, "service": SERVICES[key]})


async def _negotiate(theo: AsyncClient, key: str) -> None:
    """Propose another agreement to the customer, who signs it, and write a comment."""
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    terms = {"calendar": "office", "targets": [target], "valid_from": "2027-01-01T00:00:00Z"}
    parties = {"key": f"{key}-next", "customer": key, "customer_signs": True}
    await _made(theo, "/v1/agreements", parties | terms)
    await _made(theo, f"/v1/agreements/{key}-next/propose", {})
    words = {"comment": f"{key} asked for more"}
    await _made(theo, f"/v1/agreements/{key}-next/comments", words)


async def fill_gate(database: Database, app: FastAPI) -> Mapping[str, UUID]:
    """Let the gate hear of both customers' environments."""
    await freeze_time(database, NINE)
    await _announce_contacts(database, GATE_HANDLERS)
    for number, (key, id) in enumerate(CUSTOMERS.items()):
        event = EnvironmentKnown(
            at=NINE,
            environment_id=UUID(int=0xE0 + number),
            environment=f"{key}-prod",
            customer_id=id,
            customer=key,
            tier="production",
            name=f"Production of {key}",
        )
        await deliver(database, GATE_HANDLERS, (event, 1))
    return CUSTOMERS


async def _announce_contacts(database: Database, handlers: Handlers) -> None:
    for number, (key, id) in enumerate(CUSTOMERS.items()):
        event: Event = ContactKnown(
            at=NINE,
            contact_id=UUID(int=0xC0 + number),
            customer_id=id,
            customer=key,
            language="en",
            address_digest=address_digest(CONTACTS[key]),
        )
        await deliver(database, handlers, (event, 1))


async def _made(who: AsyncClient, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    answer = await who.post(path, json=dict(body))
    assert answer.status_code in (200, 201), (path, answer.text)
    shown: dict[str, Any] = answer.json()
    return shown


COMPANIES: Mapping[str, Fill] = {
    "intake": fill_intake,
    "sla": fill_sla,
    "delivery_gate": fill_gate,
}
"""The services in which a contact holds any permission to read."""
