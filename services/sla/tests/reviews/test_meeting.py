"""The meeting: minutes that stay, actions that come back until somebody else has seen them done."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, violation_pointers
from sla_support.company import ACME, announce_customers

JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
DAY = timedelta(days=1)
ACTION = {
    "title": "Watch the disk of the partner",
    "criterion": "An alert at 80 % was seen",
    "owner": "anna",
    "due": "2026-07-20",
}
JUNE_REVIEW, JULY_REVIEW = "/v1/reviews/acme-2026-06", "/v1/reviews/acme-2026-07"


@pytest.fixture
async def dana(app: FastAPI, database: Database) -> AsyncIterator[AsyncClient]:
    """At her desk on 1 July, the review of June before her."""
    await announce_customers(database, (ACME, "acme"))
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)
    async with client(app, "dana") as caller:
        yield caller


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "anna") as caller:
        yield caller


async def test_minutes_are_taken_with_name_and_time_and_only_added_to(
    database: Database, dana: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    for caller, minute in (
        (dana, "Jan asks for a window on Sundays."),
        (anna, "Two dates by Friday."),
    ):
        assert (
            await caller.post(JUNE_REVIEW + "/minutes", json={"text": minute})
        ).status_code == 201
    await dana.post(JUNE_REVIEW + "/agenda", json={"title": "A new warehouse"})
    await dana.post(JUNE_REVIEW + "/publish")
    shown = (await jan.get(JUNE_REVIEW)).json()
    assert [(one["number"], one["by"]) for one in shown["minutes"]] == [(1, "dana"), (2, "anna")]
    assert shown["minutes"][0]["at"] == "2026-06-30T22:00:00Z"
    assert shown["agenda"][-1] == "A new warehouse"
    page = (await jan.get(JUNE_REVIEW + "?format=html&language=en")).text
    assert "Jan asks for a window on Sundays." in page
    await assert_consistent(database)


async def test_an_action_is_carried_over_until_somebody_else_has_verified_it(
    database: Database, dana: AsyncClient, anna: AsyncClient
) -> None:
    """R14: four eyes"""
    agreed = await dana.post(JUNE_REVIEW + "/actions", json=ACTION)
    assert agreed.status_code == 201
    address = agreed.headers["Location"]
    assert (await dana.get("/v1/review-actions?owner=anna")).json()["items"] == [agreed.json()]
    await freeze_time(database, JULY + 31 * DAY)
    await fire_due(database, TIMERS)
    review = (await dana.get(JULY_REVIEW)).json()
    assert [(one["key"], one["month"]) for one in review["actions"]] == [
        (agreed.json()["key"], "2026-06")
    ]
    assert review["agenda"][0] == "Acties uit eerder overleg: 1"
    assert (await dana.get(JULY_REVIEW + "?format=csv")).text.count("juni 2026") >= 1
    evidence = {"evidence": "The alert of Tuesday, 04:12"}
    nowhere = await anna.post(address + "/finish", json={"evidence": "https://"})
    assert [one["pointer"] for one in nowhere.json()["errors"]] == ["/evidence"]
    other = await dana.post(address + "/finish", json=evidence)
    assert (other.status_code, other.json()["code"]) == (403, "NOT_OWNER")
    assert (await dana.post(address + "/verify")).status_code == 409
    assert (await anna.post(address + "/finish", json=evidence)).json()["state"] == "done"
    own = await anna.post(address + "/verify")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_VERIFICATION")
    back = await dana.post(address + "/send-back", json={"reason": "That was another disk"})
    assert back.json()["state"] == "open"
    await anna.post(address + "/finish", json=evidence)
    assert (await dana.post(address + "/verify")).json()["verified_by"] == "dana"
    assert (await dana.get("/v1/review-actions")).json()["items"] == []
    assert len((await dana.get("/v1/review-actions?all=true")).json()["items"]) == 1
    await freeze_time(database, JULY + 62 * DAY)
    await fire_due(database, TIMERS)
    assert (await dana.get("/v1/reviews/acme-2026-08")).json()["actions"] == []
    assert len((await dana.get(JUNE_REVIEW)).json()["actions"]) == 1
    await assert_consistent(database)


async def test_the_owner_is_notified_and_again_when_its_day_is_over(
    database: Database, dana: AsyncClient, anna: AsyncClient
) -> None:
    agreed = (await dana.post(JUNE_REVIEW + "/actions", json=ACTION)).json()
    ends = datetime(2026, 7, 20, 22, tzinfo=UTC)
    await freeze_time(database, ends - timedelta(seconds=1))
    await fire_due(database, TIMERS)
    assert await _action_event_types(database) == ["action_agreed"]
    await freeze_time(database, ends)
    await fire_due(database, TIMERS)
    await freeze_time(database, ends + DAY)
    await fire_due(database, TIMERS)
    assert await _action_event_types(database) == ["action_agreed", "action_due", "action_due"]
    due = (await outbox_events(database))[-1].body
    assert (due["owner"], due["due_at"]) == ("anna", "2026-07-20T22:00:00Z")
    address = f"/v1/review-actions/{agreed['key']}"
    later = {"owner": "omar", "due": "2026-08-02"}
    assert (await dana.post(address + "/hand-over", json=later)).json()["owner"] == "omar"
    await freeze_time(database, ends + 5 * DAY)
    await fire_due(database, TIMERS)
    assert len(await _action_event_types(database)) == 3
    await assert_consistent(database)


async def _action_event_types(database: Database) -> list[str]:
    types = [one.type.split(".")[2] for one in await outbox_events(database)]
    return [one for one in types if one.startswith("action")]


async def test_one_person_is_not_two_in_the_database_either(
    database: Database, dana: AsyncClient
) -> None:
    await dana.post(JUNE_REVIEW + "/actions", json=ACTION)
    done = "state = 'verified', done_by = 'anna', done_at = agreed_at, evidence = 'seen'"
    for change in (
        f"{done}, verified_by = 'anna', verified_at = agreed_at",
        "state = 'done', done_by = 'omar', done_at = agreed_at, evidence = 'seen'",
        "state = 'verified'",
    ):
        with pytest.raises(IntegrityError):
            async with database.transaction() as tx:
                await tx.execute(text(f"UPDATE action_items SET {change}"))


async def test_bad_actions_are_refused(dana: AsyncClient) -> None:
    for other, pointer in (
        ({"due": "2026-02-30"}, "/due"),
        ({"due": "9999-12-31"}, "/due"),
        ({"owner": "two words"}, "/owner"),
        ({"title": "x" * 301}, "/title"),
    ):
        assert violation_pointers(
            await dana.post(JUNE_REVIEW + "/actions", json=ACTION | other)
        ) == [pointer]
    assert (await dana.get("/v1/review-actions/RA-99")).status_code == 404
    assert (await dana.post("/v1/review-actions/RA-99/verify")).status_code == 404


async def test_a_due_date_that_is_over_is_refused_in_the_customers_zone(
    database: Database, dana: AsyncClient
) -> None:
    """1 July has just begun in Amsterdam, and has not in UTC"""
    for due, status in (("2026-06-30", 422), ("2026-07-01", 201)):
        made = await dana.post(JUNE_REVIEW + "/actions", json=ACTION | {"due": due})
        assert made.status_code == status, made.text
    refused = await dana.post(JUNE_REVIEW + "/actions", json=ACTION | {"due": "2026-06-30"})
    assert violation_pointers(refused) == ["/due"]
    assert "give 2026-07-01 (today in Europe/Amsterdam) or a later one" in refused.text


async def test_an_overdue_action_changes_hands_and_is_not_moved_into_the_past(
    database: Database, dana: AsyncClient
) -> None:
    made = await dana.post(JUNE_REVIEW + "/actions", json=ACTION | {"due": "2026-07-02"})
    address = f"{made.headers['Location']}/hand-over"
    await freeze_time(database, JULY + 5 * DAY)
    unchanged = await dana.post(address, json={"owner": "omar", "due": "2026-07-02"})
    assert (unchanged.status_code, unchanged.json()["owner"]) == (200, "omar")
    moved = await dana.post(address, json={"owner": "omar", "due": "2026-07-03"})
    assert violation_pointers(moved) == ["/due"]
    ahead = await dana.post(address, json={"owner": "omar", "due": "2026-07-20"})
    assert ahead.json()["due"] == "2026-07-20"
