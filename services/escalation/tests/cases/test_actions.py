"""Cases over HTTP: what people do to running ones."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.domain import Rejection
from common.persistence.database import Database
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain import lifecycle
from escalation.handlers import HANDLERS
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT, threshold_reached
from escalation_support.http_setup import POLICY, count_firings, set_up
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events


async def test_the_matrix_sends_a_critical_warning_to_who_is_on_call(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """J1, E3, E17: sven until Monday nine, then tom five minutes later."""
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    escalation = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (escalation["policy"], escalation["policy_version"], escalation["step"]) == (
        "critical",
        1,
        1,
    )
    assert escalation["next_at"] == "2026-03-01T03:05:00Z"
    assert [e["kind"] for e in escalation["timeline"]] == ["opened", "step_fired"]
    assert escalation["timeline"][1]["detail"]["people"] == ["sven"]
    notifications = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()
    assert [(n["person"], n["state"]) for n in notifications["items"]] == [("sven", "ready")]
    assert "address" not in notifications["items"][0]


async def test_acknowledging_stops_the_next_step(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E5."""
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    answer = await anna.post("/v1/escalations/ESC-1/acknowledge")
    assert answer.json()["state"] == "acknowledged"
    assert answer.headers["ETag"] == '"3"'
    await freeze_time(database, NIGHT + timedelta(days=1))
    assert await count_firings(database) == 0


async def test_an_acknowledgement_that_came_first_stops_the_step_due_at_its_instant(
    database: Database, theo: AsyncClient
) -> None:
    """E10: while it holds the case the timer passes by; afterwards nothing is due."""
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await freeze_time(database, NIGHT + 5 * MINUTE)
    async with database.transaction() as tx:
        case = await cases.lock(tx, "ESC-1")
        assert case is not None
        assert await count_firings(database) == 0
        outcome = lifecycle.acknowledge(case.state, case.policy, "anna", NIGHT + 5 * MINUTE)
        assert not isinstance(outcome, Rejection)
        await apply_outcome(tx, case, outcome)
    assert await count_firings(database) == 0


async def test_a_running_case_keeps_the_policy_that_it_started_with(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E14."""
    await set_up(theo)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    slower = POLICY | {"steps": [{**POLICY["steps"][0], "delay_seconds": 86400}]}
    assert (await theo.post("/v1/policies", json=slower)).json()["version"] == 2
    await freeze_time(database, NIGHT + 5 * MINUTE)
    await fire_due(database, TIMERS)
    escalation = (await anna.get("/v1/escalations/ESC-1")).json()
    assert (escalation["policy_version"], escalation["step"]) == (1, 2)
    old = await anna.get("/v1/policies/critical", params={"version": 1})
    assert len(old.json()["steps"]) == 2


async def test_another_policy_takes_over_at_its_first_step(
    database: Database, theo: AsyncClient, anna: AsyncClient
) -> None:
    """E14: at once, and what the old one had pending is cancelled."""
    await set_up(theo)
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    answer = await anna.post("/v1/escalations/ESC-1/move", json={"policy": "critical"})
    escalation = answer.json()
    assert (escalation["policy"], escalation["step"], escalation["next_at"]) == (
        "critical",
        1,
        "2026-03-01T03:05:00Z",
    )
    notifications = (await anna.get("/v1/notifications", params={"escalation": "ESC-1"})).json()[
        "items"
    ]
    assert {n["person"]: n["state"] for n in notifications} == {
        "anna": "cancelled",
        "omar": "cancelled",
        "sven": "ready",
    }
    last = (await outbox_events(database))[-1]
    assert (last.body["policy"], last.body["people"]) == ("critical", ["sven"])


async def test_a_case_opened_by_hand_runs_like_any_other(
    database: Database, anna: AsyncClient
) -> None:
    """E1, E9: 201, and 200 where it joins the one that runs."""
    body = {"title": "Backup of acme-prod failed", "severity": "major", "dedup_key": "backup"}
    first = await anna.post("/v1/escalations", json=body)
    assert first.status_code == 201
    assert first.headers["Location"] == "/v1/escalations/ESC-1"
    again = await anna.post("/v1/escalations", json=body)
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
    assert (last["kind"], last["by"], last["confirmed_by"]) == ("snoozed", "anna", "omar")
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


async def test_a_resolved_case_refuses_further_actions(anna: AsyncClient) -> None:
    """E5."""
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    unseen = await anna.post("/v1/escalations/ESC-1/resolve", json={"reason": "\u200b"})
    assert unseen.status_code == 422
    done = await anna.post("/v1/escalations/ESC-1/resolve", json={"reason": "fixed"})
    assert done.json()["state"] == "resolved"
    actions: list[tuple[str, Any]] = [
        ("acknowledge", None),
        ("escalate", None),
        ("resolve", {"reason": "again"}),
        ("snooze", {"until": "2026-03-01T09:00:00Z"}),
    ]
    for action, body in actions:
        answer = await anna.post(f"/v1/escalations/ESC-1/{action}", json=body)
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:opsdesk:error:already-resolved"
        assert answer.json()["code"] == "ALREADY_RESOLVED"


async def test_an_action_on_an_outdated_state_is_refused(anna: AsyncClient) -> None:
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    stale = {"If-Match": '"1"'}
    answer = await anna.post("/v1/escalations/ESC-1/acknowledge", headers=stale)
    assert answer.status_code == 412
    assert answer.json()["present"]["state"] == "open"
