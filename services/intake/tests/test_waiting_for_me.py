"""What waits for people beside second eyes: hand-overs, changes, accesses, improvements, mails and more."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import event

from common.persistence.database import Database
from common.waiting import store
from common.waiting.store import Asker
from intake.waiting import SOURCES
from intake_support.alerts import NINE
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.waiting_for_me import list_waiting

KNOWN = {"confirm_contact"}
"""What the set-up of every test leaves waiting."""


async def kinds_for(app: FastAPI, who: str) -> list[tuple[str, str]]:
    """The kinds and keys of what waits for somebody."""
    items = await list_waiting(app, who)
    return [(one["kind"], one["key"]) for one in items if one["kind"] not in KNOWN]


async def test_a_hand_over_waits_for_those_who_answer_for_it(
    app: FastAPI, anna: AsyncClient
) -> None:
    """R5"""
    key = await open_ticket(anna, environment="acme-prod", priority="major")
    await act(anna, key, "forward", **OVER)
    assert ("acknowledge_hand_over", key) in await kinds_for(app, "dana")
    assert ("acknowledge_hand_over", key) in await kinds_for(app, "pavel")
    assert await kinds_for(app, "quin") == []
    async with client(app, "dana") as dana:
        answer = await dana.post(f"/v1/tickets/{key}/hand-overs/1/acknowledge")
        assert answer.is_success, answer.text
    assert await kinds_for(app, "dana") == []
    assert ("acknowledge_hand_over", key) in await kinds_for(app, "pavel"), "his part is his"


async def test_a_hand_over_waits_for_who_was_appointed_and_for_nobody_else(
    app: FastAPI, anna: AsyncClient
) -> None:
    """R5"""
    dana = {"sub": "dana", "name": "Dana", "email": "dana@ours.example", "roles": ["dm"]}
    assert (await anna.post("/v1/people", json=dana)).status_code == 201
    async with client(app, "theo") as theo:
        body = {"person": "dana", "deputies": []}
        assert (await theo.put("/v1/customers/acme/delivery-manager", json=body)).is_success
    key = await open_ticket(anna, environment="acme-prod", priority="major")
    await act(anna, key, "forward", **OVER)
    assert ("acknowledge_hand_over", key) in await kinds_for(app, "dana")
    async with client(app, "dora", roles=["dm"]) as dora:
        assert (await dora.get("/v1/waiting-for-me")).json()["items"] == []


async def test_a_change_waits_for_its_estimate_the_customer_the_booking_and_its_end(
    app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    """R7"""
    key = await open_ticket(anna, kind="change_request", nature="adaptive")
    path = f"/v1/change-requests/{key}"
    assert await kinds_for(app, "pavel") == [("estimate_change", key)]
    assert (await anna.put(f"{path}/estimate", json={"estimate_seconds": 7200})).is_success
    assert await kinds_for(app, "pavel") == []
    async with client(app, "britta", customer="brightwater") as britta:
        assert (await britta.get("/v1/waiting-for-me")).json()["items"] == []
    (item,) = (await jan.get("/v1/waiting-for-me")).json()["items"]
    assert (item["kind"], item["key"], item["due_at"]) == ("decide_change", key, None)
    assert (await jan.post(f"{path}/decision", json={"decision": "approved"})).is_success
    assert (await jan.get("/v1/waiting-for-me")).json()["items"] == []
    assert await kinds_for(app, "pavel") == [("book_change", key)]


async def test_an_access_waits_in_every_step_until_it_is_gone(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    """R1"""
    body = {"person": "sven", "resource": "db-1", "level": "read", "reason": "E42"}
    made = await anna.post("/v1/access-requests", json=body | {"until": "2030-01-14"})
    key = made.json()["key"]
    path = f"/v1/access-requests/{key}"
    assert await kinds_for(app, "gina") == [("decide_access", key)]
    assert await kinds_for(app, "anna") == [], "she asked for it"
    async with client(app, "gina") as gina:
        await gina.post(f"{path}/decision", json={"decision": "approved"})
    assert await kinds_for(app, "sven") == [("grant_access", key)]
    await anna.post(f"{path}/grant")
    assert await kinds_for(app, "omar") == [("verify_access_grant", key)]
    assert await kinds_for(app, "anna") == []
    async with client(app, "omar") as omar:
        await omar.post(f"{path}/grant/verify")
    assert await kinds_for(app, "omar") == []
    await freeze_time(database, NINE + timedelta(days=8))
    (item,) = [one for one in await list_waiting(app, "omar") if one["kind"] == "remove_access"]
    assert (item["key"], item["due_at"]) == (key, "2030-01-15T00:00:00Z")
    await anna.post(f"{path}/remove")
    assert await kinds_for(app, "omar") == [("verify_access_removal", key)]


async def test_a_monitoring_improvement_waits_for_a_plan_and_then_for_its_owner(
    app: FastAPI, anna: AsyncClient
) -> None:
    """R9"""
    key = await open_ticket(anna, channel="phone")
    await act(anna, key, "resolve", resolution="Restarted")
    async with client(app, "omar") as omar:
        await act(omar, key, "verify")
    assert await kinds_for(app, "omar") == [("plan_improvement", "MON-1")]
    plan = {"owner": "sven", "task": "Alert on it", "criterion": "It alerts"}
    assert (await anna.post("/v1/monitoring-improvements/MON-1/plan", json=plan)).is_success
    assert await kinds_for(app, "sven") == [("finish_improvement", "MON-1")]
    assert await kinds_for(app, "omar") == []


async def test_a_customers_escalation_waits_for_anybody_and_then_for_who_took_it(
    app: FastAPI, anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    assert (await act(jan, key, "escalate", reason="Nobody answers us")).is_success
    assert ("answer_escalation", key) in await kinds_for(app, "omar")
    await act(anna, key, "escalation/take")
    assert await kinds_for(app, "omar") == []
    assert ("answer_escalation", key) in await kinds_for(app, "anna")


async def test_a_mail_that_was_held_back_waits_until_somebody_sets_it_aside(
    app: FastAPI, anna: AsyncClient
) -> None:
    """I2"""
    raw = b"From: Jan <jan@acme.example>\r\nTo: help@ours.example\r\nSubject: Nightly job\r\n"
    raw += b"Auto-Submitted: auto-generated\r\nMessage-ID: <a@acme.example>\r\n\r\nIt failed.\r\n"
    async with client(app, "gateway") as gateway:
        held = await gateway.post(
            "/v1/emails", content=raw, headers={"Content-Type": "message/rfc822"}
        )
    id = held.json()["id"]
    (item,) = [one for one in await list_waiting(app, "omar") if one["kind"] == "handle_mail"]
    assert (item["key"], item["title"]) == (id, "Nightly job")
    assert "Jan" in item["why"]
    assert item["first"] in item["why"], "to say the same in another language"
    first = await anna.post(f"/v1/emails/{id}/set-aside")
    assert first.json()["set_aside_by"] == "anna"
    async with client(app, "omar") as omar:
        again = await omar.post(f"/v1/emails/{id}/set-aside")
        assert again.json()["set_aside_by"] == "anna"
        assert await kinds_for(app, "omar") == []
        assert (await omar.post(f"/v1/emails/{id}/open-ticket")).status_code == 201
        assert (await omar.get(f"/v1/emails/{id}")).json()["set_aside_by"] is None


async def test_an_article_waits_for_its_owner_once_its_review_is_due(
    app: FastAPI, anna: AsyncClient, database: Database
) -> None:
    article = {"title": "Down again", "body": "Restart it.", "language": "en", "review_days": 30}
    key = (await anna.post("/v1/articles", json=article)).json()["key"]
    async with client(app, "omar") as omar:
        await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert await kinds_for(app, "anna") == []
    await freeze_time(database, NINE + timedelta(days=31))
    assert await kinds_for(app, "anna") == [("review_article", key)]
    assert await kinds_for(app, "omar") == []


async def test_one_who_left_is_shown_under_no_name_and_a_mistyped_kind_is_refused(
    anna: AsyncClient,
) -> None:
    """I5"""
    assert (await anna.get("/v1/waiting-for-me?kind=lunch")).status_code == 422
    assert (await anna.get("/v1/waiting-for-me?kinds=verify")).status_code == 422
    assert (await anna.get("/v1/waiting-for-me?cursor=abc")).status_code == 422


async def test_all_kinds_together_are_two_statements(anna: AsyncClient, database: Database) -> None:
    """However much waits: no statement per kind, none per row"""
    for _ in range(3):
        await act(anna, await open_ticket(anna), "resolve", resolution="x")
    executed: list[str] = []
    asker = Asker("omar", ["dm", "gm", "ops", "po", "tom"], None, NINE)
    async with database.transaction() as tx:

        def record_statement(_: Any, __: Any, statement: str, *___: Any) -> None:
            executed.append(statement)

        event.listen(tx.sync_connection, "before_cursor_execute", record_statement)
        assert len(await store.page(tx, SOURCES, asker, None, 50)) > len(KNOWN) + 2
        assert (await store.count(tx, SOURCES, asker))["verify"] == 3
    assert len([one for one in executed if "waiting" in one]) == 2, executed
