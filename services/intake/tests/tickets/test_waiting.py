"""What waits for a second person is shown to those alone who may be that person (R1)."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.alerts import NINE, rfc3339
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events


async def waiting(who: AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await who.get(f"/v1/waiting-for-me{query}")
    assert answer.status_code == 200, answer.text
    # Jan, whom anna registered, waits for omar in every test.
    return [one for one in answer.json()["items"] if one["kind"] != "confirm_contact"]


async def list_waiting(who: AsyncClient, query: str = "") -> list[tuple[str, str]]:
    return [(one["kind"], one["key"]) for one in await waiting(who, query)]


async def test_what_one_did_waits_for_the_others(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    solved, lower, other = [await open_ticket(anna, priority="major") for _ in range(3)]
    await act(anna, solved, "resolve", resolution="Restarted")
    await freeze_time(database, NINE + timedelta(hours=1))
    await act(anna, lower, "prioritise", priority="minor", reason="Few are concerned")
    await freeze_time(database, NINE + timedelta(hours=2))
    await act(omar, other, "reclassify", kind="question", reason="Only asks")
    body = {"title": "Down", "priority": "blocker", "environment": "acme-prod"}
    blocker = (await jan.post("/v1/tickets", json=body)).json()["key"]
    assert await list_waiting(omar) == [
        ("confirm_blocker", blocker),
        ("verify", solved),
        ("confirm_priority", lower),
    ], "the most urgent first"
    assert await list_waiting(anna) == [
        ("confirm_blocker", blocker),
        ("confirm_classification", other),
    ]
    assert await list_waiting(omar, "?kind=verify") == [("verify", solved)]
    _, first, _ = await waiting(omar)
    assert first == {
        "kind": "verify",
        "key": solved,
        "title": "Billing is down",
        "customer": "acme",
        "since": rfc3339(NINE),
        "due_at": rfc3339(NINE + timedelta(hours=8)),
        "first": "anna",
        "why": "anna resolved it; another person must verify it",
        "href": f"/v1/tickets/{solved}",
        "page": None,
    }
    await act(omar, solved, "verify")
    assert ("verify", solved) not in await list_waiting(omar)


async def test_it_is_counted_by_kind_and_shown_page_by_page(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    keys = [await open_ticket(anna) for _ in range(3)]
    for key in keys:
        await act(anna, key, "resolve", resolution="x")
    first = (await omar.get("/v1/waiting-for-me?kind=verify&limit=2")).json()
    counted = {kind: number for kind, number in first["counts"].items() if number}
    assert counted == {"verify": 3, "confirm_contact": 2}
    assert first["counts"]["check_fix"] == 0
    assert "decide_access" not in first["counts"], "he may not decide on these"
    cursor = first["next"]
    rest = (await omar.get(f"/v1/waiting-for-me?kind=verify&limit=2&cursor={cursor}")).json()
    assert [one["key"] for one in first["items"] + rest["items"]] == keys
    assert rest["next"] is None


async def test_what_waits_too_long_is_escalated_until_somebody_comes(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1"""
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "resolve", resolution="Restarted")
    await freeze_time(database, NINE + timedelta(hours=8) - timedelta(seconds=1))
    assert await fire_due(database, TIMERS) == 0
    await act(anna, key, "reclassify", kind="question", reason="Only asks")
    await freeze_time(database, NINE + timedelta(hours=8))
    assert await fire_due(database, TIMERS) == 1
    assert (await event_types(database))[-1] == "second_eyes_overdue"
    assert await fire_due(database, TIMERS) == 0
    await freeze_time(database, NINE + timedelta(hours=16))
    assert await fire_due(database, TIMERS) == 1
    (*_, event) = await outbox_events(database)
    assert event.body["waits_for"] == ["confirm_classification", "verify"]
    await act(omar, key, "classification/confirm", agree=False)
    assert "second_eyes_given" not in await event_types(database), "it is not verified yet"
    await act(omar, key, "verify")
    assert (await event_types(database))[-2:] == ["verified", "second_eyes_given"]
    (*_, event) = await outbox_events(database)
    assert event.body["waited_for"] == ["verify"]


async def test_a_correction_and_a_separation_wait_no_longer_than_other_work(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1, R9: who found it first, and that two tickets were not one"""
    found, twice = await open_ticket(anna), await open_ticket(anna)
    await act(anna, twice, "merge", into=found)
    await act(anna, found, "detection", detected_by="customer", reason="They called")
    await act(anna, found, "detection", detected_by="monitoring", reason="An alert came first")
    await act(anna, twice, "unmerge", reason="Another invoice")
    await freeze_time(database, NINE + timedelta(hours=8))
    assert await fire_due(database, TIMERS) == 2
    waits = [one.body["waits_for"] for one in (await outbox_events(database))[-2:]]
    assert sorted(waits) == [["confirm_detection"], ["confirm_unmerge"]]
    await act(omar, found, "detection/confirm", agree=True)
    assert (await event_types(database))[-1] == "second_eyes_given"


async def test_who_comes_in_time_is_reported_to_nobody(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key, back = await open_ticket(anna), await open_ticket(anna)
    for one in (key, back):
        await act(anna, one, "resolve", resolution="Restarted")
    await act(omar, key, "verify")
    await act(jan, back, "replies", text="It is still down")
    await freeze_time(database, NINE + timedelta(hours=9))
    await fire_due(database, TIMERS)
    assert not {"second_eyes_overdue", "second_eyes_given"} & {*await event_types(database)}


async def test_those_who_may_not_act_are_not_shown_it(
    anna: AsyncClient, jan: AsyncClient, app: FastAPI
) -> None:
    """A delivery manager verifies, and changes no priorities; contacts are shown what is theirs"""
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "prioritise", priority="minor", reason="x")
    other = await open_ticket(anna)
    await act(anna, other, "resolve", resolution="x")
    async with client(app, "dana") as dana:
        assert await list_waiting(dana) == [("verify", other)]
        assert await list_waiting(dana, "?kind=confirm_priority") == []
    assert (await jan.get("/v1/waiting-for-me")).json()["counts"] == {"decide_change": 0}
    assert (await anna.get("/v1/waiting-for-me?kind=lunch")).status_code == 422
