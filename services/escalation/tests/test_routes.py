"""The HTTP side, on a real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.database import Database
from common.testing.client import client
from common.testing.protocol import fire, hear, stand_at, told
from escalation import escalation
from escalation.fact import Refused
from escalation.handlers import HANDLERS
from escalation.store import cases
from escalation.telling import keep
from escalation.testing import MINUTE, NIGHT, warned
from escalation.timers import TIMERS

ROTA: dict[str, Any] = {
    "key": "night",
    "layers": [
        {
            "participants": ["sven", "mia"],
            "start": "2026-02-23T09:00",
            "timezone": "Europe/Amsterdam",
            "length": 1,
            "unit": "weeks",
        }
    ],
}
POLICY: dict[str, Any] = {
    "key": "critical",
    "steps": [
        {"targets": [{"kind": "rota", "name": "night"}], "delay_seconds": 300},
        {"targets": [{"kind": "role", "name": "tom"}], "delay_seconds": 600},
    ],
    "fallback": "gina",
    "audiences": ["dm"],
}
MATRIX: dict[str, Any] = {
    "rows": [
        {"when": {"severity": ["blocker", "critical"]}, "policy": "critical"},
        {"when": {}, "policy": "house"},
    ]
}


@pytest.fixture
async def theo(app: FastAPI) -> Any:
    async with client(app, "theo") as http:
        yield http


@pytest.fixture
async def anna(app: FastAPI) -> Any:
    async with client(app, "anna") as http:
        yield http


@pytest.fixture
async def omar(app: FastAPI) -> Any:
    async with client(app, "omar") as http:
        yield http


async def set_up(theo: AsyncClient) -> None:
    for path, body in (("/v1/rotas", ROTA), ("/v1/policies", POLICY)):
        assert (await theo.post(path, json=body)).status_code == 201
    assert (await theo.put("/v1/matrix", json=MATRIX)).status_code == 200


def pointers(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def firings(database: Database) -> Any:
    """How many deadlines have had an effect once everything due has been looked at."""
    await fire(database, TIMERS)
    async with database.transaction() as tx:
        return await tx.scalar(text("SELECT count(*) FROM firings"))


async def test_the_matrix_sends_a_critical_warning_to_who_is_on_call(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """J1, E3, E17: sven until Monday nine, then tom five minutes later."""
    await set_up(theo)
    await hear(database, HANDLERS, (warned(), 1))
    shown = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (shown["policy"], shown["policy_version"], shown["step"]) == ("critical", 1, 1)
    assert shown["next_at"] == "2026-03-01T03:05:00Z"
    assert [e["kind"] for e in shown["timeline"]] == ["opened", "step_fired"]
    assert shown["timeline"][1]["detail"]["people"] == ["sven"]
    listed = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()
    assert [(n["person"], n["state"]) for n in listed["items"]] == [("sven", "ready")]
    assert "address" not in listed["items"][0]


async def test_acknowledging_stops_the_next_step(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E5."""
    await set_up(theo)
    await hear(database, HANDLERS, (warned(), 1))
    answer = await anna.post("/v1/escalations/ESC-1/acknowledge")
    assert answer.json()["state"] == "acknowledged"
    assert answer.headers["ETag"] == '"3"'
    await stand_at(database, NIGHT + timedelta(days=1))
    assert await firings(database) == 0


async def test_an_acknowledgement_that_came_first_stops_the_step_due_at_its_instant(
    database: Database, theo: AsyncClient
) -> None:
    """E10: while it holds the case the timer passes by; afterwards nothing is due."""
    await set_up(theo)
    await hear(database, HANDLERS, (warned(), 1))
    await stand_at(database, NIGHT + 5 * MINUTE)
    async with database.transaction() as tx:
        case = await cases.lock_one(tx, "ESC-1")
        assert case is not None
        assert await firings(database) == 0
        outcome = escalation.acknowledge(case.state, case.policy, "anna", NIGHT + 5 * MINUTE)
        assert not isinstance(outcome, Refused)
        await keep(tx, case, outcome)
    assert await firings(database) == 0


async def test_a_running_case_keeps_the_policy_that_it_started_with(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E14."""
    await set_up(theo)
    await hear(database, HANDLERS, (warned(), 1))
    slower = POLICY | {"steps": [{**POLICY["steps"][0], "delay_seconds": 86400}]}
    assert (await theo.post("/v1/policies", json=slower)).json()["version"] == 2
    await stand_at(database, NIGHT + 5 * MINUTE)
    await fire(database, TIMERS)
    shown = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (shown["policy_version"], shown["step"]) == (1, 2)
    old = await anna.get("/v1/policies/critical", params={"version": 1})
    assert len(old.json()["steps"]) == 2


async def test_another_policy_takes_over_at_its_first_step(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E14: at once, and what the old one had pending is cancelled."""
    await set_up(theo)
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    answer = await anna.post("/v1/escalations/ESC-1/move", json={"policy": "critical"})
    shown = answer.json()
    assert (shown["policy"], shown["step"], shown["next_at"]) == (
        "critical",
        1,
        "2026-03-01T03:05:00Z",
    )
    listed = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()["items"]
    assert {n["person"]: n["state"] for n in listed} == {
        "anna": "cancelled",
        "omar": "cancelled",
        "sven": "ready",
    }
    last = (await told(database))[-1]
    assert (last.body["policy"], last.body["people"]) == ("critical", ["sven"])


async def test_a_case_opened_by_hand_runs_like_any_other(
    database: Database, anna: AsyncClient
) -> None:
    """E1, E9: 201, and 200 where it joins the one that runs."""
    wanted = {"title": "Backup of acme-prod failed", "severity": "major", "dedup_key": "backup"}
    first = await anna.post("/v1/escalations", json=wanted)
    assert first.status_code == 201
    assert first.headers["Location"] == "/v1/escalations/ESC-1"
    again = await anna.post("/v1/escalations", json=wanted)
    assert (again.status_code, again.json()["key"]) == (200, "ESC-1")
    by_id = await anna.get(f"/v1/escalations/{first.json()['id']}")
    assert [e["kind"] for e in by_id.json()["timeline"]] == ["opened", "step_fired", "repeated"]


async def test_escalating_by_hand_fires_the_next_step_at_once(anna: AsyncClient) -> None:
    """E8: after an acknowledgement too."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    await anna.post("/v1/escalations/ESC-1/acknowledge")
    answer = (await anna.post("/v1/escalations/ESC-1/escalate")).json()
    assert (answer["state"], answer["step"], answer["next_at"]) == (
        "open",
        2,
        "2026-03-01T03:15:00Z",
    )


async def test_a_blocker_is_snoozed_by_two_people_or_not_at_all(
    database: Database, anna: AsyncClient, omar: AsyncClient
) -> None:
    """E7, R1: by the rule, and by the database."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "blocker"})
    until = {"until": "2026-03-01T05:00:00+01:00"}
    path = "/v1/escalations/ESC-1/snooze"
    assert (await anna.post(path, json=until)).json()["state"] == "open"
    assert (await anna.post(path, json=until)).json()["state"] == "open"
    assert (await omar.post(path, json=until)).json()["state"] == "snoozed"
    last = (await anna.get("/v1/escalations/ESC-1")).json()["timeline"][-1]
    assert (last["kind"], last["by"], last["second"]) == ("snoozed", "anna", "omar")
    forged = (
        "INSERT INTO timeline SELECT escalation_id, 99, at, kind, 'anna', 'anna', detail"
        " FROM timeline LIMIT 1"
    )
    with pytest.raises(Exception, match="ck_timeline_two_people"):
        async with database.transaction() as tx:
            await tx.execute(text(forged))


async def test_a_timeline_is_not_rewritten(database: Database, anna: AsyncClient) -> None:
    """R16: not even by the service itself."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    with pytest.raises(Exception, match="permission denied"):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE timeline SET by = 'somebody'"))


async def test_what_is_resolved_takes_no_more_acts(anna: AsyncClient) -> None:
    """E5."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    done = await anna.post("/v1/escalations/ESC-1/resolve", json={"reason": "fixed"})
    assert done.json()["state"] == "resolved"
    acts: list[tuple[str, Any]] = [
        ("acknowledge", None),
        ("escalate", None),
        ("resolve", {"reason": "again"}),
        ("snooze", {"until": "2026-03-01T09:00:00Z"}),
    ]
    for act, body in acts:
        answer = await anna.post(f"/v1/escalations/ESC-1/{act}", json=body)
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:opsdesk:error:escalation-resolved"


async def test_whoever_decides_on_an_old_state_is_told(anna: AsyncClient) -> None:
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    stale = {"If-Match": '"1"'}
    answer = await anna.post("/v1/escalations/ESC-1/acknowledge", headers=stale)
    assert answer.status_code == 412
    assert answer.json()["present"]["state"] == "open"


async def test_a_repeated_post_with_its_key_is_done_once(anna: AsyncClient) -> None:
    wanted = {"title": "x", "severity": "major"}
    key = {"Idempotency-Key": "one"}
    first = await anna.post("/v1/escalations", json=wanted, headers=key)
    again = await anna.post("/v1/escalations", json=wanted, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len((await anna.get("/v1/escalations")).json()["items"]) == 1


async def test_lists_go_page_by_page_and_are_filtered(anna: AsyncClient) -> None:
    for severity in ("major", "minor", "major"):
        await anna.post("/v1/escalations", json={"title": "x", "severity": severity})
    first = (await anna.get("/v1/escalations", params={"limit": 2})).json()
    assert [one["key"] for one in first["items"]] == ["ESC-3", "ESC-2"]
    rest = await anna.get("/v1/escalations", params={"limit": 2, "cursor": first["next"]})
    assert [one["key"] for one in rest.json()["items"]] == ["ESC-1"]
    assert rest.json()["next"] is None
    minor = await anna.get("/v1/escalations", params={"severity": "minor", "state": "open"})
    assert [one["key"] for one in minor.json()["items"]] == ["ESC-2"]


async def test_rotas_and_policies_go_page_by_page(theo: AsyncClient) -> None:
    for key in ("a", "b", "c"):
        await theo.post("/v1/rotas", json=ROTA | {"key": key})
    for path, keys in (("/v1/rotas", ["a", "b", "c"]), ("/v1/policies", ["house"])):
        seen, cursor = [], None
        while True:
            asked = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await theo.get(path, params=asked)).json()
            seen += [item["key"] for item in page["items"]]
            if not (cursor := page["next"]):
                break
        assert seen == keys


async def test_who_is_on_call_is_answered_for_any_instant(theo: AsyncClient) -> None:
    """E3, E16: and an override changes it for its time."""
    await theo.post("/v1/rotas", json=ROTA)
    at = {"at": "2026-03-02T09:00:00+01:00"}
    assert (await theo.get("/v1/oncall", params=at)).json()["items"] == [
        {"rota": "night", "people": ["mia"]}
    ]
    now = (await theo.get("/v1/oncall")).json()
    assert now == {"at": "2026-03-01T03:00:00Z", "items": [{"rota": "night", "people": ["sven"]}]}
    sick = {
        "kind": "replace",
        "start": "2026-03-01T00:00:00Z",
        "end": "2026-03-02T00:00:00Z",
        "person": "anna",
        "replaces": "sven",
    }
    assert (await theo.post("/v1/rotas/night/overrides", json=sick)).json()["version"] == 2
    assert (await theo.get("/v1/oncall")).json()["items"][0]["people"] == ["anna"]
    assert (await theo.get("/v1/rotas/night")).json()["overrides"][0]["person"] == "anna"


async def test_a_critical_policy_with_a_gap_is_refused_and_the_gap_named(
    theo: AsyncClient,
) -> None:
    """E18."""
    day = {"days": ["mon", "tue"], "start": "09:00", "end": "09:00", "timezone": "UTC"}
    weekday = ROTA | {"layers": [ROTA["layers"][0] | {"hours": [day]}]}
    await theo.post("/v1/rotas", json=weekday)
    answer = await theo.post("/v1/policies", json=POLICY | {"critical": True})
    assert pointers(answer) == [("/steps", "rota_gap")]
    assert "from 2026-03-01 03:00Z to 2026-03-02 09:00Z" in answer.json()["errors"][0]["detail"]
    await theo.post("/v1/rotas", json=ROTA)
    assert (await theo.post("/v1/policies", json=POLICY | {"critical": True})).status_code == 201


async def test_every_act_leaves_its_trail(database: Database, theo: AsyncClient) -> None:
    """R16."""
    await set_up(theo)
    await theo.post("/v1/escalations", json={"title": "x", "severity": "major"})
    await theo.post("/v1/escalations/ESC-1/acknowledge")
    async with database.transaction() as tx:
        rows = await tx.execute(text("SELECT who, action FROM audit ORDER BY position"))
        assert [tuple(row) for row in rows] == [
            ("theo", "rota.make"),
            ("theo", "policy.make"),
            ("theo", "matrix.change"),
            ("theo", "escalation.open"),
            ("theo", "escalation.acknowledge"),
        ]


async def test_a_refused_act_leaves_nothing(database: Database, anna: AsyncClient) -> None:
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    before = await told(database)
    past = {"until": "2020-01-01T00:00:00Z"}
    assert (await anna.post("/v1/escalations/ESC-1/snooze", json=past)).status_code == 409
    assert await told(database) == before


async def test_an_acknowledgement_racing_a_step_never_leaves_a_page_behind(
    database: Database, anna: AsyncClient
) -> None:
    """E5, E10: whoever locks the case first; afterwards nobody is to be told any more."""
    for n in range(1, 21):
        await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
        await stand_at(database, NIGHT + n * timedelta(hours=1))
        acts = (anna.post(f"/v1/escalations/ESC-{n}/acknowledge"), fire(database, TIMERS))
        answer, _ = await asyncio.gather(*acts)
        assert answer.status_code == 200
    await fire(database, TIMERS)
    async with database.transaction() as tx:
        left = await tx.scalar(text("SELECT count(*) FROM notifications WHERE state = 'ready'"))
        armed = await tx.scalar(text("SELECT count(*) FROM deadlines WHERE due_at IS NOT NULL"))
    assert (left, armed) == (0, 0)


async def test_the_same_cause_heard_in_two_places_at_once_is_one_case(
    database: Database, anna: AsyncClient, omar: AsyncClient
) -> None:
    """E9: the database decides who was first."""
    wanted = {"title": "x", "severity": "major", "dedup_key": "one"}
    posts = [who.post("/v1/escalations", json=wanted) for who in (anna, omar) * 5]
    answers = await asyncio.gather(*posts)
    assert sorted(a.status_code for a in answers) == [200] * 9 + [201]
    timeline = (await anna.get("/v1/escalations/ESC-1")).json()["timeline"]
    assert [e["sequence"] for e in timeline] == list(range(1, 12))


async def test_an_acknowledgement_that_times_out_pages_again(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E6, through the timekeeper."""
    await theo.post("/v1/rotas", json=ROTA)
    await theo.post("/v1/policies", json=POLICY | {"ack_timeout_seconds": 600})
    wanted = {"title": "x", "severity": "major", "policy": "critical"}
    await anna.post("/v1/escalations", json=wanted)
    shown = (await anna.post("/v1/escalations/ESC-1/acknowledge")).json()
    assert shown["next_at"] == "2026-03-01T03:10:00Z"
    await stand_at(database, NIGHT + 10 * MINUTE)
    assert await firings(database) == 1
    shown = (await anna.get("/v1/escalations/ESC-1")).json()
    assert [e["kind"] for e in shown["timeline"][-2:]] == ["reopened", "step_fired"]
    assert (shown["state"], shown["acknowledged_by"], shown["step"]) == ("open", [], 1)


async def test_a_snooze_that_ends_starts_over(database: Database, anna: AsyncClient) -> None:
    """E7, through the timekeeper."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    until = {"until": "2026-03-01T05:00:00Z"}
    assert (await anna.post("/v1/escalations/ESC-1/snooze", json=until)).json()["step"] == 1
    await stand_at(database, NIGHT + timedelta(hours=1))
    assert await firings(database) == 0
    await stand_at(database, NIGHT + timedelta(hours=2))
    assert await firings(database) == 1
    shown = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (shown["state"], shown["step"], shown["next_at"]) == ("open", 1, "2026-03-01T05:15:00Z")


async def test_where_each_acknowledges_for_themselves_the_others_are_still_told(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E5: `acknowledge: each`; the policy runs on."""
    own = {"steps": [{"targets": [{"kind": "role", "name": "ops"}], "delay_seconds": 300}] * 2}
    made = await theo.post("/v1/policies", json=POLICY | own | {"acknowledge": "each"})
    assert made.status_code == 201
    wanted = {"title": "x", "severity": "major", "policy": "critical"}
    await anna.post("/v1/escalations", json=wanted)
    assert (await anna.post("/v1/escalations/ESC-1/acknowledge")).json()["state"] == "open"
    listed = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()["items"]
    assert {n["person"]: n["state"] for n in listed} == {"anna": "cancelled", "omar": "ready"}
    await stand_at(database, NIGHT + 5 * MINUTE)
    assert await firings(database) == 1
