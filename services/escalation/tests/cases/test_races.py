"""Actions of people and steps that fire at the same time."""

import asyncio
from datetime import timedelta

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT
from escalation_support.http_setup import POLICY, ROTA, count_firings
from opsdesk_testing.protocol import fire_due, freeze_time


async def test_an_acknowledgement_racing_a_step_never_leaves_a_page_behind(
    database: Database, anna: AsyncClient
) -> None:
    """E5, E10: whoever locks the case first; afterwards nothing is left to send."""
    for n in range(1, 21):
        await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
        await freeze_time(database, NIGHT + n * timedelta(hours=1))
        actions = (anna.post(f"/v1/escalations/ESC-{n}/acknowledge"), fire_due(database, TIMERS))
        answer, _ = await asyncio.gather(*actions)
        assert answer.status_code == 200
    await fire_due(database, TIMERS)
    async with database.transaction() as tx:
        ready = await tx.scalar(text("SELECT count(*) FROM notifications WHERE state = 'ready'"))
        armed = await tx.scalar(text("SELECT count(*) FROM deadlines WHERE due_at IS NOT NULL"))
    assert (ready, armed) == (0, 0)


async def test_the_same_cause_reported_twice_at_once_is_one_case(
    database: Database, anna: AsyncClient, omar: AsyncClient
) -> None:
    """E9: the database decides who was first."""
    body = {"title": "x", "severity": "major", "dedup_key": "one"}
    posts = [client.post("/v1/escalations", json=body) for client in (anna, omar) * 5]
    answers = await asyncio.gather(*posts)
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    timeline = (await anna.get("/v1/escalations/ESC-1")).json()["timeline"]
    assert [e["sequence"] for e in timeline] == list(range(1, 12))


async def test_an_acknowledgement_that_times_out_pages_again(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E6, through the scheduler."""
    await theo.post("/v1/rotas", json=ROTA)
    await theo.post("/v1/policies", json=POLICY | {"ack_timeout_seconds": 600})
    body = {"title": "x", "severity": "major", "policy": "critical"}
    await anna.post("/v1/escalations", json=body)
    escalation = (await anna.post("/v1/escalations/ESC-1/acknowledge")).json()
    assert escalation["next_at"] == "2026-03-01T03:10:00Z"
    await freeze_time(database, NIGHT + 10 * MINUTE)
    assert await count_firings(database) == 1
    escalation = (await anna.get("/v1/escalations/ESC-1")).json()
    assert [e["kind"] for e in escalation["timeline"][-2:]] == ["reopened", "step_fired"]
    assert (escalation["state"], escalation["acknowledged_by"], escalation["step"]) == (
        "open",
        [],
        1,
    )


async def test_a_snooze_that_ends_starts_over(database: Database, anna: AsyncClient) -> None:
    """E7, through the scheduler."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    until = {"until": "2026-03-01T05:00:00Z"}
    assert (await anna.post("/v1/escalations/ESC-1/snooze", json=until)).json()["step"] == 1
    await freeze_time(database, NIGHT + timedelta(hours=1))
    assert await count_firings(database) == 0
    await freeze_time(database, NIGHT + timedelta(hours=2))
    assert await count_firings(database) == 1
    escalation = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (escalation["state"], escalation["step"], escalation["next_at"]) == (
        "open",
        1,
        "2026-03-01T05:15:00Z",
    )


async def test_where_each_acknowledges_for_themselves_the_others_are_still_told(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E5: `acknowledge: each`; the policy runs on."""
    own = {"steps": [{"targets": [{"kind": "role", "name": "ops"}], "delay_seconds": 300}] * 2}
    created = await theo.post("/v1/policies", json=POLICY | own | {"acknowledge": "each"})
    assert created.status_code == 201
    body = {"title": "x", "severity": "major", "policy": "critical"}
    await anna.post("/v1/escalations", json=body)
    assert (await anna.post("/v1/escalations/ESC-1/acknowledge")).json()["state"] == "open"
    listed = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()["items"]
    assert {n["person"]: n["state"] for n in listed} == {"anna": "cancelled", "omar": "ready"}
    await freeze_time(database, NIGHT + 5 * MINUTE)
    assert await count_firings(database) == 1
