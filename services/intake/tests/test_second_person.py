"""What takes two people at intake, by every account that a person may have (R1)."""

from datetime import timedelta
from typing import Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from common.waiting import operations_of
from intake.waiting import SOURCES
from intake_support.alerts import NINE
from intake_support.second_person import SCENARIOS
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time, outbox_events
from opsdesk_testing.second_person import check_takes_two, effects_of
from opsdesk_testing.waiting_for_me import check_waits_for_second_person, check_waits_no_more

pytestmark = pytest.mark.thorough

LATER: Final = {"recertify_access": timedelta(days=91)}
"""What waits only once this time is over."""
GOES_ON: Final = {"verify_problem_fix"}
"""What waits for a second time afterwards: on staging first, then in production."""
NEVER_WAITS: Final[dict[str, str]] = {}
"""What takes two people and is asked for by none of them first: it waits for nobody, and why."""


def test_every_effect_that_takes_two_is_tried(app: FastAPI) -> None:
    assert effects_of(app).keys() == SCENARIOS.keys()


@pytest.mark.parametrize("operation", SCENARIOS)
async def test_the_first_person_is_refused_with_every_account(
    app: FastAPI, database: Database, anna: AsyncClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](anna)
    await check_takes_two(app, database, effects_of(app)[operation], asked)


def test_every_effect_that_takes_two_waits_for_somebody(app: FastAPI) -> None:
    """R1"""
    waits = operations_of(SOURCES).keys() - NEVER_WAITS.keys()
    assert effects_of(app).keys() - waits == NEVER_WAITS.keys()


@pytest.mark.parametrize("operation", sorted(SCENARIOS.keys() - NEVER_WAITS.keys()))
async def test_it_waits_for_the_second_person_and_for_no_account_of_the_first(
    app: FastAPI, database: Database, anna: AsyncClient, operation: str
) -> None:
    """R1"""
    asked = await SCENARIOS[operation](anna)
    if operation in LATER:
        await freeze_time(database, NINE + LATER[operation])
    effect = effects_of(app)[operation]
    await check_waits_for_second_person(app, database, SOURCES, effect, asked)
    async with client(app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    if operation not in GOES_ON:
        await check_waits_no_more(app, SOURCES, effect, asked)


async def test_a_contact_who_is_one_of_us_is_not_the_customer_who_reopens(
    app: FastAPI, database: Database, anna: AsyncClient
) -> None:
    """R1: On-Behalf-Of of a contact with anna's own address; the time since her resolution counts"""
    body = {"name": "Anna", "address": "anna@ours.example"}
    assert (await anna.post("/v1/customers/acme/contacts", json=body)).status_code == 201
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="Restarted")
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:anna@ours.example"
        assert (await act(portal, key, "replies", text="It is back")).status_code == 201
    (reopened,) = [one for one in await outbox_events(database) if "reopened" in one.type]
    assert reopened.body["by_customer"] is False
