"""Who asks once more for what waits for a second person neither begins the wait anew nor ends it (R1)."""

from datetime import timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.second_eyes.commands import escalated_here, look
from intake.tickets.domain.second_eyes import PATIENCE
from intake.waiting import SOURCES
from intake_support.alerts import NINE
from intake_support.second_person import SCENARIOS
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time, outbox_events
from opsdesk_testing.second_person import TwoPersonRequest

SECOND: Final = timedelta(seconds=1)
HERE: Final = escalated_here(SOURCES)
REASON: Final = {"reason": "Once more"}
ASKED_AGAIN: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "confirm_priority": ("/priority/confirm", "/prioritise", {"priority": "trivial"} | REASON),
    "confirm_classification": (
        "/classification/confirm",
        "/reclassify",
        {"kind": "service_request"} | REASON,
    ),
    "confirm_ticket_detection": (
        "/confirm",
        "",
        {"detected_by": "monitoring"} | REASON,
    ),
    "confirm_ticket_unmerge": ("/confirm", "", REASON),
    "confirm_priority_matrix": ("/confirm", "", REASON),
    "confirm_problem_given_up": ("/confirm", "", REASON),
    "confirm_no_environment": ("/confirm", "", REASON),
    "confirm_customer_end": ("/confirm", "", REASON),
    "confirm_environment_end": ("/confirm", "", REASON),
    "confirm_person": ("/confirm", "/end", REASON),
    "publish_article": ("/publish", "/versions", {"title": "Another", "body": "Restart it twice."}),
}
"""By operation what becomes of the confirming path, and the body with which its first person asks again."""
KIND_OF: Final = {name: one.kind for one in SOURCES for name in one.operations}


async def _ask_again(app: FastAPI, asked: TwoPersonRequest, operation: str) -> None:
    end, other, body = ASKED_AGAIN[operation]
    path = asked.path.removesuffix(end) + other
    async with client(app, asked.first) as first:
        if operation == "confirm_priority_matrix":
            cells = (await first.get(path)).json()["pending"]["priorities"]
            answer = await first.put(path, json={"priorities": cells} | body)
        else:
            answer = await first.post(path, json=body)
    assert answer.is_success, answer.text


async def _waits(app: FastAPI, asked: TwoPersonRequest, operation: str) -> tuple[str, str]:
    """Since when it waits, and when it is escalated, as the second person reads it."""
    async with client(app, asked.second) as second:
        page = await second.get(f"/v1/waiting-for-me?kind={KIND_OF[operation]}")
    (item,) = page.json()["items"]
    return item["since"], item["due_at"]


async def _announced(database: Database, kind: str) -> list[str]:
    return [
        one.type.split(".")[2]
        for one in await outbox_events(database)
        if one.type.startswith("opsdesk.second_eyes.") and one.body["waits_for"] == kind
    ]


@pytest.mark.parametrize("operation", ASKED_AGAIN)
async def test_it_waits_since_it_was_first_asked_for(
    app: FastAPI, anna: AsyncClient, database: Database, operation: str
) -> None:
    asked = await SCENARIOS[operation](anna)
    before = await _waits(app, asked, operation)
    await freeze_time(database, NINE + PATIENCE - SECOND)
    await _ask_again(app, asked, operation)
    assert await _waits(app, asked, operation) == before


@pytest.mark.parametrize(
    "operation", [one for one in ASKED_AGAIN if KIND_OF[one] in {source.kind for source in HERE}]
)
async def test_what_was_escalated_is_not_ended_by_asking_again(
    app: FastAPI, anna: AsyncClient, database: Database, operation: str
) -> None:
    asked = await SCENARIOS[operation](anna)
    await freeze_time(database, NINE + PATIENCE + SECOND)
    await look(database, HERE)
    await _ask_again(app, asked, operation)
    await look(database, HERE)
    assert await _announced(database, KIND_OF[operation]) == ["overdue"]


async def test_another_since_ends_no_wait(anna: AsyncClient, database: Database) -> None:
    """Whatever will move it one day: a wait is known by what waits."""
    await SCENARIOS["confirm_contact_erasure"](anna)
    await freeze_time(database, NINE + PATIENCE + SECOND)
    await look(database, HERE)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE contact_erasures SET requested_at = intake.now()"))
    await look(database, HERE)
    assert await _announced(database, "confirm_erasure") == ["overdue"]


async def test_staging_and_production_are_waited_for_each_by_itself(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    """Who has looked at staging is not told that nobody did."""
    asked = await SCENARIOS["verify_problem_fix"](anna)
    await freeze_time(database, NINE + PATIENCE + SECOND)
    await look(database, HERE)
    async with client(app, asked.second) as second:
        assert (await second.post(asked.path, json=asked.body)).is_success
    await look(database, HERE)
    assert await _announced(database, "verify_fix") == ["overdue", "given"]
