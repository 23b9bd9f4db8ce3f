"""What takes two people at escalation, by every account that a person may have (R1)."""

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from common.waiting import operations_of
from escalation.waiting import SOURCES
from escalation_support.http_setup import set_up
from opsdesk_testing.client import client
from opsdesk_testing.second_person import TwoPersonRequest, check_takes_two, effects_of
from opsdesk_testing.waiting_for_me import check_waits_for_second_person, check_waits_no_more

Scenario = Callable[[AsyncClient], Awaitable[TwoPersonRequest]]
UNTIL = "2026-03-02T09:00:00Z"


async def _blocker(theo: AsyncClient) -> str:
    await set_up(theo)
    opened = await theo.post("/v1/escalations", json={"title": "Down", "severity": "blocker"})
    assert opened.status_code == 201, opened.text
    return f"/v1/escalations/{opened.json()['key']}"


async def resolved(theo: AsyncClient) -> TwoPersonRequest:
    return TwoPersonRequest(
        "theo", "anna", await _blocker(theo) + "/resolve", {"reason": "All is well"}
    )


async def snoozed(theo: AsyncClient) -> TwoPersonRequest:
    return TwoPersonRequest("theo", "anna", await _blocker(theo) + "/snooze", {"until": UNTIL})


async def settings_of_another(theo: AsyncClient) -> TwoPersonRequest:
    body = {
        "channels": [{"kind": "email", "address": "stranger@elsewhere.example"}],
        "rules": [{"delay_seconds": 86_400}],
    }
    return TwoPersonRequest("theo", "anna", "/v1/people/gina/notification-settings", body, "PUT")


SCENARIOS: Final[dict[str, Scenario]] = {
    "resolve_escalation": resolved,
    "snooze_escalation": snoozed,
    "update_notification_settings": settings_of_another,
}

NEVER_WAITS: Final[dict[str, str]] = {}
"""What takes two people and is asked for by none of them first: it waits for nobody, and why."""


def test_every_effect_that_takes_two_is_tried(app: FastAPI) -> None:
    assert effects_of(app).keys() == SCENARIOS.keys()


@pytest.mark.parametrize("operation", SCENARIOS)
async def test_the_first_person_changes_nothing_with_any_account(
    app: FastAPI, database: Database, operation: str
) -> None:
    """R1, E7, E13"""
    async with client(app, "theo") as theo:
        asked = await SCENARIOS[operation](theo)
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
    async with client(app, "theo") as theo:
        asked = await SCENARIOS[operation](theo)
    effect = effects_of(app)[operation]
    await check_waits_for_second_person(app, database, SOURCES, effect, asked)
    async with client(app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    await check_waits_no_more(app, SOURCES, effect, asked)
