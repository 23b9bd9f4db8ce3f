"""Lists, who is on call, what is refused, and what is audited."""

from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.events.directory import PersonKnown
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT
from escalation_support.http_setup import POLICY, ROTA, pointers, set_up
from opsdesk_testing.client import client
from opsdesk_testing.protocol import deliver, outbox_events


async def test_lists_go_page_by_page_and_are_filtered(anna: AsyncClient) -> None:
    for severity in ("major", "minor", "major"):
        await anna.post("/v1/escalations", json={"title": "x", "severity": severity})
    first = (await anna.get("/v1/escalations", params={"limit": 2})).json()
    assert [case["key"] for case in first["items"]] == ["ESC-3", "ESC-2"]
    rest = await anna.get("/v1/escalations", params={"limit": 2, "cursor": first["next"]})
    assert [case["key"] for case in rest.json()["items"]] == ["ESC-1"]
    assert rest.json()["next"] is None
    minor = await anna.get("/v1/escalations", params={"severity": "minor", "state": "open"})
    assert [case["key"] for case in minor.json()["items"]] == ["ESC-2"]


async def test_rotas_and_policies_go_page_by_page(theo: AsyncClient) -> None:
    for key in ("a", "b", "c"):
        await theo.post("/v1/rotas", json=ROTA | {"key": key})
    for path, keys in (("/v1/rotas", ["a", "b", "c"]), ("/v1/policies", ["default"])):
        seen, cursor = [], None
        while True:
            query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await theo.get(path, params=query)).json()
            seen += [item["key"] for item in page["items"]]
            if not (cursor := page["next"]):
                break
        assert seen == keys


async def test_who_is_on_call_is_answered_for_any_instant(theo: AsyncClient) -> None:
    """E3, E16: and an override changes it for its time."""
    await theo.post("/v1/rotas", json=ROTA)
    at = {"at": "2026-03-02T09:00:00+01:00"}
    (then,) = (await theo.get("/v1/oncall", params=at)).json()["items"]
    assert (then["rota"], then["people"]) == ("night", ["mia"])
    now = (await theo.get("/v1/oncall")).json()
    assert now["at"] == "2026-03-01T03:00:00Z"
    assert (now["items"][0]["rota"], now["items"][0]["people"]) == ("night", ["sven"])
    sick = {
        "kind": "replace",
        "starts_at": "2026-03-01T00:00:00Z",
        "ends_at": "2026-03-02T00:00:00Z",
        "person": "anna",
        "replaces": "sven",
    }
    assert (await theo.post("/v1/rotas/night/overrides", json=sick)).json()["version"] == 2
    assert (await theo.get("/v1/oncall")).json()["items"][0]["people"] == ["anna"]
    assert (await theo.get("/v1/rotas/night")).json()["overrides"][0]["person"] == "anna"


async def test_a_telephone_system_is_told_whom_to_call_and_nothing_else(
    app: FastAPI, database: Database, theo: AsyncClient
) -> None:
    await theo.post("/v1/rotas", json=ROTA)
    known = PersonKnown(
        at=NIGHT,
        person_id=UUID(int=7),
        sub="sven",
        name="Sven",
        email="sven@meridian.example",
        phone="+31205550199",
        timezone="Europe/Amsterdam",
        roles=["second_level"],
    )
    await deliver(database, HANDLERS, (known, 1))
    async with client(app, "pbx", roles=[], scope="callers:read") as machine:
        answer = await machine.get("/v1/oncall", params={"rota": "night"})
        assert answer.status_code == 200, answer.text
        (item,) = answer.json()["items"]
        sven = {"person": "sven", "name": "Sven", "phone": "+31205550199"}
        assert (item["people"], item["callable"]) == (["sven"], [sven])
        for path in ("/v1/rotas", "/v1/oncall/shifts", "/v1/people/sven/notification-settings"):
            assert (await machine.get(path)).status_code == 403
    async with client(app, "bot", roles=[], scope="chats:write") as machine:
        assert (await machine.get("/v1/oncall")).status_code == 403


async def test_a_critical_policy_with_a_gap_is_refused_and_the_gap_named(
    theo: AsyncClient,
) -> None:
    """E18."""
    day = {"days": ["mon", "tue"], "starts_at": "09:00", "ends_at": "09:00", "timezone": "UTC"}
    weekday = ROTA | {"layers": [ROTA["layers"][0] | {"hours": [day]}]}
    await theo.post("/v1/rotas", json=weekday)
    answer = await theo.post("/v1/policies", json=POLICY | {"critical": True})
    assert pointers(answer) == [("/steps", "rota_gap")]
    assert "from 2026-03-01 03:00Z to 2026-03-02 09:00Z" in answer.json()["errors"][0]["detail"]
    await theo.post("/v1/rotas", json=ROTA)
    assert (await theo.post("/v1/policies", json=POLICY | {"critical": True})).status_code == 201


async def test_every_action_is_audited(database: Database, theo: AsyncClient) -> None:
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


async def test_a_refused_action_changes_nothing(database: Database, anna: AsyncClient) -> None:
    await anna.post("/v1/escalations", json={"title": "x", "severity": "major"})
    before = await outbox_events(database)
    past = {"until": "2020-01-01T00:00:00Z"}
    assert (await anna.post("/v1/escalations/ESC-1/snooze", json=past)).status_code == 409
    assert await outbox_events(database) == before


async def test_a_repeated_post_with_its_key_is_done_once(anna: AsyncClient) -> None:
    body = {"title": "x", "severity": "major"}
    key = {"Idempotency-Key": "one"}
    first = await anna.post("/v1/escalations", json=body, headers=key)
    again = await anna.post("/v1/escalations", json=body, headers=key)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len((await anna.get("/v1/escalations")).json()["items"]) == 1
