"""How long a cause is looked for; who found it first; and the better monitoring that is owed (R9)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.tickets import act, open_ticket
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
LIMIT = timedelta(hours=2)
SECOND = timedelta(seconds=1)
PLAN = {"owner": "sven", "task": "Alert on the queue", "criterion": "It alerts in staging"}


async def _owed(who: AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await who.get("/v1/monitoring-improvements", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _improve(who: AsyncClient, step: str, key: str = "MON-1", **body: Any) -> Response:
    return await who.post(f"/v1/monitoring-improvements/{key}/{step}", json=body)


async def _verified(anna: AsyncClient, omar: AsyncClient, key: str) -> None:
    await act(anna, key, "resolve", resolution="Restarted")
    assert (await act(omar, key, "verify")).status_code == 200


async def test_a_search_within_its_time_owes_nothing(anna: AsyncClient, database: Database) -> None:
    key = await open_ticket(anna)
    started = (await act(anna, key, "investigations")).json()
    assert (started["limit_at"], started["long"]) == ("2030-01-07T11:00:00Z", False)
    await freeze_time(database, NINE + LIMIT)
    await fire_due(database, TIMERS)
    body = {"cause_found": True, "cause": "A full disk"}
    ended = await act(anna, key, f"investigations/{started['id']}/end", **body)
    assert (ended.json()["cause"], ended.json()["long"]) == ("A full disk", False)
    await freeze_time(database, NINE + 2 * LIMIT)
    await fire_due(database, TIMERS)
    assert await _owed(anna) == []


async def test_a_longer_one_owes_better_monitoring_while_it_goes_on(
    anna: AsyncClient, database: Database
) -> None:
    """R9"""
    key = await open_ticket(anna)
    started = (await act(anna, key, "investigations")).json()
    await freeze_time(database, NINE + LIMIT + SECOND)
    await fire_due(database, TIMERS)
    (owed,) = await _owed(anna)
    assert (owed["key"], owed["cause"], owed["state"]) == ("MON-1", "long_investigation", "owed")
    published = (await outbox_events(database))[-1]
    assert published.type == "opsdesk.monitoring_improvement.owed.v1"
    assert (published.body["ticket"], published.body["owner"]) == (key, None)
    ended = await act(anna, key, f"investigations/{started['id']}/end", cause_found=False)
    assert ended.json()["long"] is True
    await act(anna, key, "investigations")
    assert len(await _owed(anna)) == 1, "once for a ticket and cause"


async def test_one_search_at_a_time_and_an_end_only_once(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    id = (await act(anna, key, "investigations")).json()["id"]
    again = await act(anna, key, "investigations")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_INVESTIGATED")
    for body in ({"cause_found": True}, {"cause_found": False, "cause": "A full disk"}):
        assert (await act(anna, key, f"investigations/{id}/end", **body)).status_code == 422
    end = {"cause_found": False}
    assert (await act(anna, key, f"investigations/{id}/end", **end)).status_code == 200
    twice = await act(anna, key, f"investigations/{id}/end", **end)
    assert (twice.status_code, twice.json()["code"]) == (409, "ALREADY_ENDED")
    other = await open_ticket(anna)
    assert (await act(anna, other, f"investigations/{id}/end", **end)).status_code == 404
    assert (await jan.get(f"/v1/tickets/{key}/investigations")).status_code == 403


async def test_what_the_customer_found_first_owes_better_monitoring(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    """R9: from the verification on; before, OPS may know better who found it"""
    body = {"title": "Down", "environment": "acme-prod"}
    found = (await jan.post("/v1/tickets", json=body)).json()["key"]
    known = (await jan.post("/v1/tickets", json=body)).json()["key"]
    assert (await anna.get(f"/v1/tickets/{found}")).json()["detected_by"] == "customer"
    corrected = {"detected_by": "monitoring", "reason": "The alert came at 8:50"}
    assert (await act(anna, known, "detection", **corrected)).status_code == 200
    assert (await act(omar, known, "detection/confirm", agree=True)).status_code == 200
    assert await _owed(anna) == []
    for key in (found, known):
        await _verified(anna, omar, key)
    (owed,) = await _owed(anna)
    assert (owed["ticket"], owed["cause"]) == (found, "found_by_customer")
    late = await act(anna, found, "detection", **corrected)
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATE")


@pytest.mark.parametrize(
    "more", [{"kind": "question"}, {"environment": None}, {"channel": "monitoring"}]
)
async def test_other_tickets_owe_none(
    anna: AsyncClient, omar: AsyncClient, more: dict[str, Any]
) -> None:
    await _verified(anna, omar, await open_ticket(anna, **{"channel": "phone"} | more))
    assert await _owed(anna) == []


async def test_it_is_planned_done_and_verified_by_another_person(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R9, R1"""
    await _verified(anna, omar, await open_ticket(anna, channel="phone"))
    early = await _improve(anna, "finish", evidence="Done")
    nowhere = await _improve(anna, "finish", evidence="https://")
    assert [one["pointer"] for one in nowhere.json()["errors"]] == ["/evidence"]
    assert (early.status_code, early.json()["code"]) == (409, "NOT_PLANNED")
    assert (await _improve(anna, "plan", **PLAN | {"owner": "nobody"})).status_code == 422
    past = await _improve(anna, "plan", **PLAN, due_at="2030-01-07T09:00:00Z")
    assert past.json()["errors"][0]["pointer"] == "/due_at"
    assert (await _improve(anna, "plan", **PLAN)).json()["state"] == "planned"
    assert (await _improve(anna, "finish", evidence="MR 17")).json()["state"] == "done"
    alone = await _improve(anna, "verify", agree=True)
    assert (alone.status_code, alone.json()["code"]) == (403, "FOUR_EYES")
    back = await _improve(omar, "verify", agree=False, reason="It does not alert")
    assert (back.json()["state"], back.json()["evidence"]) == ("planned", None)
    await _improve(anna, "finish", evidence="MR 18")
    done = (await _improve(omar, "verify", agree=True)).json()
    assert (done["state"], done["verified_by"]) == ("verified", "omar")
    assert (await outbox_events(database))[-1].type == "opsdesk.monitoring_improvement.verified.v1"
    assert (len(await _owed(anna, open=True)), len(await _owed(anna, open=False))) == (0, 1)
    late = await _improve(anna, "plan", **PLAN)
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATE")
    assert (await jan.get("/v1/monitoring-improvements")).status_code == 403
    assert (await anna.get("/v1/monitoring-improvements/MON-9")).status_code == 404


async def test_overdue_it_is_announced_once(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    await _verified(anna, omar, await open_ticket(anna, channel="phone"))
    await _improve(anna, "plan", **PLAN, due_at="2030-01-08T09:00:00Z")
    for days in (1, 2, 30):
        await freeze_time(database, NINE + timedelta(days=days))
        await fire_due(database, TIMERS)
    types = [one.type for one in await outbox_events(database)]
    assert types.count("opsdesk.monitoring_improvement.overdue.v1") == 1
    (owed,) = await _owed(anna)
    assert owed["overdue_at"] == "2030-01-08T09:00:00Z"


async def test_the_database_refuses_one_pair_of_eyes(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1"""
    await _verified(anna, omar, await open_ticket(anna, channel="phone"))
    await _improve(anna, "plan", **PLAN)
    await _improve(anna, "finish", evidence="MR 17")
    verified = text(
        "UPDATE monitoring_improvements SET verified_by = :by, verified_at = owed_since"
    )
    for by in ("anna", "sven"):
        with pytest.raises(IntegrityError, match="four_eyes"):
            async with database.transaction() as tx:
                await tx.execute(verified, {"by": by})


@pytest.mark.parametrize("how", ["resolve", "merge"])
async def test_a_search_ends_with_its_ticket_and_its_time_counts_until_then(
    anna: AsyncClient, database: Database, how: str
) -> None:
    """R9: resolved after ten minutes, it took ten minutes"""
    key = await open_ticket(anna)
    await act(anna, key, "investigations")
    await freeze_time(database, NINE + timedelta(minutes=10))
    body = {"resolution": "Restarted"} if how == "resolve" else {"into": await open_ticket(anna)}
    assert (await act(anna, key, how, **body)).is_success
    await freeze_time(database, NINE + 2 * LIMIT)
    await fire_due(database, TIMERS)
    assert await _owed(anna) == []
    (shown,) = (await anna.get(f"/v1/tickets/{key}/investigations")).json()["items"]
    assert (shown["ended_at"], shown["ended_by"]) == ("2030-01-07T09:10:00Z", "anna")
    assert (shown["cause_found"], shown["cause"], shown["long"]) == (None, None, False)


async def test_one_that_took_long_before_its_ticket_ended_owes_better_monitoring(
    anna: AsyncClient, database: Database
) -> None:
    """R9: also where the resolution comes before the deadline was heard"""
    key = await open_ticket(anna)
    await act(anna, key, "investigations")
    await freeze_time(database, NINE + LIMIT + SECOND)
    await act(anna, key, "resolve", resolution="Restarted")
    (owed,) = await _owed(anna)
    assert (owed["ticket"], owed["cause"]) == (key, "long_investigation")
    await fire_due(database, TIMERS)
    assert len(await _owed(anna)) == 1
