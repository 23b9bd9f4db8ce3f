"""What takes two people at sla, by every account that a person may have (R1)."""

from typing import Final
from uuid import UUID

import pytest
from fastapi import FastAPI

from common.events.directory import ContactKnown
from common.persistence.database import Database
from common.waiting import operations_of
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver
from opsdesk_testing.second_person import check_takes_two, effects_of
from opsdesk_testing.waiting_for_me import check_waits_for_second_person, check_waits_no_more
from sla.handlers import HANDLERS
from sla.waiting import SOURCES
from sla_support.company import (
    ACME,
    NINE,
)
from sla_support.second_person import DIGEST, SCENARIOS, Site, agreed

pytestmark = pytest.mark.thorough

NEVER_WAITS: Final = {
    "move_open_clocks": "nobody has asked for it: a published version may apply to new tickets alone",
    "end_coverage": "nobody has asked for it: the extra cover ends by itself",
}
"""What takes two people and is asked for by none of them first: it waits for nobody, and why."""


def test_every_effect_that_takes_two_is_tried(app: FastAPI) -> None:
    assert effects_of(app).keys() == SCENARIOS.keys()


@pytest.mark.parametrize("operation", SCENARIOS)
async def test_the_first_person_is_refused_with_every_account(
    app: FastAPI, database: Database, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](Site(app, database))
    await check_takes_two(app, database, effects_of(app)[operation], asked)


def test_every_effect_that_takes_two_waits_for_somebody(app: FastAPI) -> None:
    """R1"""
    waits = operations_of(SOURCES).keys() - NEVER_WAITS.keys()
    assert effects_of(app).keys() - waits == NEVER_WAITS.keys()


@pytest.mark.parametrize("operation", sorted(SCENARIOS.keys() - NEVER_WAITS.keys()))
async def test_it_waits_for_the_second_person_and_for_no_account_of_the_first(
    app: FastAPI, database: Database, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](Site(app, database))
    effect = effects_of(app)[operation]
    await check_waits_for_second_person(app, database, SOURCES, effect, asked)
    async with client(app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    await check_waits_no_more(app, SOURCES, effect, asked)


async def test_a_contact_counts_for_who_registered_them_until_somebody_else_confirms_them(
    app: FastAPI, database: Database
) -> None:
    """R1: theo registers somebody as Acme's contact and signs both sides by way of the portal"""
    asked = await agreed(Site(app, database))
    id = UUID(int=0xC0)

    async def announce(counts_for: str | None, sequence: int) -> None:
        event = ContactKnown(
            at=NINE,
            contact_id=id,
            customer_id=ACME,
            customer="acme",
            language="nl",
            address_digest=DIGEST,
            counts_for=counts_for,
        )
        await deliver(database, HANDLERS, (event, sequence))

    await announce("theo", 1)
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:puppet@acme.example"
        own = await portal.post(asked.path)
        assert (own.status_code, own.json().get("code")) == (403, "ALREADY_COUNTED")
        await announce(None, 2)
        assert (await portal.post(asked.path)).json()["state"] == "agreed"
