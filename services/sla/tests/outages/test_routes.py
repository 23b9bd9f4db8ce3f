"""Outages, corrections and maintenance over HTTP, by role."""

import asyncio
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.alerts import alert_ended, alert_raised, counted_outages
from sla_support.assertions import violation_pointers
from sla_support.company import ACME, HOUR, NINE
from sla_support.outage_scenario import DAY, JUNE, acme_on_monday_evening, at, outage_body
from sla_support.outages import add_outage, agree_as_read


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    await acme_on_monday_evening(database)


async def test_an_outage_by_hand_begins_and_ends_and_counts(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """R1: an end in the past counts once a second person has confirmed it"""
    created = await theo.post("/v1/outages", json=outage_body())
    assert created.status_code == 201, created.text
    address = created.headers["Location"]
    assert (created.json()["customer"], created.json()["duration_seconds"]) == ("acme", None)
    twice = await theo.post("/v1/outages", json=outage_body(started_at=at(1)))
    assert (twice.status_code, twice.json()["code"]) == (409, "ALREADY_DOWN")
    assert twice.json()["outage"] == created.json()["key"]
    ended = await theo.post(f"{address}/end", json={"ended_at": at(2), "reason": "Restarted"})
    assert ended.json()["duration_seconds"] == 12 * 3600
    assert (await theo.post(f"{address}/end", json={})).status_code == 409
    assert [one["kind"] for one in ended.json()["history"]] == ["started", "ended"]
    (earlier,) = ended.json()["corrections"]
    assert (earlier["state"], earlier["ended_at"]) == ("requested", "2026-06-01T09:00:00Z")
    confirm = f"{address}/corrections/{earlier['id']}/confirm"
    assert (await theo.post(confirm)).status_code == 403
    assert (await gina.post(confirm)).json()["duration_seconds"] == 7200
    response = (await jan.get(f"/v1/outages/{created.json()['key']}")).json()
    assert all("by" not in one and "reason" not in one for one in response["history"])
    figures = (await jan.get(JUNE)).json()
    assert (figures["down_seconds"], figures["agreed_seconds"]) == (7200, 9 * 3600)
    assert (figures["agreed_whole_month_seconds"], figures["promised"]) == (22 * 9 * 3600, 0.99)
    assert (figures["met"], figures["budget_seconds"]) == (False, 22 * 9 * 36.0)
    (interval,) = figures["intervals"]
    assert (interval["reason"], interval["agreed_seconds"]) == ("down", 7200)
    assert interval["outages"] == [created.json()["key"]]
    assert figures["availability"] == 1 - 7200 / 32400


async def test_eight_who_report_the_same_at_once_make_one_outage(
    database: Database, theo: AsyncClient
) -> None:
    answers = await asyncio.gather(
        *(theo.post("/v1/outages", json=outage_body()) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await counted_outages(database)) == 1


async def test_eight_alerts_heard_at_once_count_once(database: Database, theo: AsyncClient) -> None:
    """By eight consumers, of one service; all of them end an hour later"""
    await asyncio.gather(*(deliver(database, HANDLERS, (alert_raised(n), 1)) for n in range(8)))
    assert len(await counted_outages(database)) == 8
    ends = [alert_ended(number, NINE, NINE + HOUR) for number in range(8)]
    await asyncio.gather(*(deliver(database, HANDLERS, (end, 2)) for end in ends))
    figures = (await theo.get(JUNE)).json()
    assert (figures["down_seconds"], figures["failures"], figures["mttr_seconds"]) == (
        3600,
        1,
        3600,
    )
    used = [
        one
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert used == []  # nobody is told of eleven hours that it was not down
    await fire_due(database, TIMERS)
    used = [
        one
        for one in await outbox_events(database)
        if one.type == "opsdesk.downtime_budget.threshold_reached.v1"
    ]
    assert [(one.body["threshold"], one.sequence) for one in used] == [(0.5, 1)]


async def test_a_correction_takes_two_people_and_leaves_what_was_known(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R1, A5"""
    outage = await add_outage(database, NINE, NINE + 2 * HOUR, ACME, "acme-prod")
    address = f"/v1/outages/{outage.key}/corrections"
    body = {"ended_at": at(1), "reason": "The monitor's clock was wrong"}
    requested = await theo.post(address, json=body)
    assert requested.status_code == 201, requested.text
    confirm = f"{address}/{requested.json()['id']}/confirm"
    own = await theo.post(confirm)
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 7200
    stale = await gina.post(confirm, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    await freeze_time(database, NINE + 13 * HOUR)
    confirmed = await gina.post(confirm)
    assert confirmed.json()["ended_at"] == "2026-06-01T08:00:00Z"
    record = confirmed.json()["history"][-1]
    assert (record["kind"], record["by"], record["confirmed_by"]) == ("corrected", "theo", "gina")
    assert (await gina.post(confirm)).status_code == 409
    assert (await theo.get(JUNE)).json()["down_seconds"] == 3600
    before = f"&as_known_at={(NINE + 12.5 * HOUR).isoformat().replace('+00:00', 'Z')}"
    assert (await theo.get(JUNE + before)).json()["down_seconds"] == 7200
    response = await theo.get(f"/v1/outages/{outage.key}?{before[1:]}")
    assert response.json()["ended_at"] == "2026-06-01T09:00:00Z"
    (event,) = (
        one for one in await outbox_events(database) if one.type == "opsdesk.outage.corrected.v1"
    )
    # Between the two stands the event that asked for the second person.
    assert (event.sequence, event.body["confirmed_by"]) == (3, "gina")


async def test_a_correction_that_cannot_be_is_refused_in_words(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    outage = await add_outage(database, NINE, NINE + 2 * HOUR, ACME, "acme-prod")
    address = f"/v1/outages/{outage.key}/corrections"
    because = {"reason": "For a test"}
    for body, pointer in (
        ({"ended_at": at(-1)}, ""),
        ({}, ""),
        ({"ended_at": at(99)}, "/ended_at"),
        ({"started_at": at(99)}, "/started_at"),
    ):
        assert violation_pointers(await theo.post(address, json=body | because)) == [pointer]
    none = await theo.post(address, json={"counts": False} | because)
    refused = await gina.post(f"{address}/{none.json()['id']}/refuse")
    assert (refused.json()["state"], refused.json()["decided_by"]) == ("refused", "gina")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 7200
    missing = f"{address}/{UUID(int=9)}/confirm"
    assert (await gina.post(missing)).status_code == 404


async def test_what_monitoring_measures_it_ends_itself(
    database: Database, theo: AsyncClient
) -> None:
    await deliver(database, HANDLERS, (alert_raised(1), 1))
    (outage,) = await counted_outages(database)
    refused = await theo.post(f"/v1/outages/{outage.key}/end")
    assert refused.status_code == 409
    assert "monitor" in refused.json()["detail"]


async def test_an_end_known_late_corrects_the_right_month(
    database: Database, theo: AsyncClient
) -> None:
    await deliver(database, HANDLERS, (alert_raised(1), 1))
    await freeze_time(database, NINE + 32 * DAY)
    assert (await theo.get(JUNE)).json()["down_seconds"] == 22 * 9 * 3600 - 3600
    await deliver(database, HANDLERS, (alert_ended(1, NINE, NINE + HOUR), 2))
    june = (await theo.get(JUNE)).json()
    july = (await theo.get(JUNE.replace("2026-06", "2026-07"))).json()
    assert (june["down_seconds"], june["mttr_seconds"], july["down_seconds"]) == (3600, 3600, 0)


async def test_agreed_maintenance_is_excused_and_late_agreement_is_none(
    database: Database, theo: AsyncClient, gina: AsyncClient, jan: AsyncClient
) -> None:
    """C12, R15"""
    tuesday = 24.0
    body = {"environment": "acme-prod", "title": "New disks"}
    times = {"starts_at": at(tuesday), "ends_at": at(tuesday + 2)}
    planned = await theo.post("/v1/maintenance", json=body | times)
    assert planned.status_code == 201, planned.text
    address = planned.headers["Location"]
    assert (await agree_as_read(theo, address)).json()["code"] == "SELF_APPROVAL"
    assert (await agree_as_read(jan, address)).json()["agreed_at"] is not None
    assert (await agree_as_read(gina, address)).status_code == 409
    late = {"starts_at": at(tuesday + 3), "ends_at": at(tuesday + 4)}
    other = (await theo.post("/v1/maintenance", json=body | late)).headers["Location"]
    await add_outage(database, NINE + DAY - HOUR, NINE + DAY + 4 * HOUR, ACME, "acme-prod")
    await freeze_time(database, NINE + DAY + 5 * HOUR)
    assert (await agree_as_read(gina, other)).json()["code"] == "TOO_LATE"
    found = (await theo.get(JUNE)).json()
    assert (found["down_seconds"], found["excluded_seconds"]) == (3 * 3600, 2 * 3600)
    assert [one["reason"] for one in found["intervals"]] == ["down", "down_in_maintenance", "down"]
    assert found["intervals"][1]["maintenance"] == [planned.json()["key"]]
    kinds = [
        one.type for one in await outbox_events(database) if one.subject.startswith("maintenance")
    ]
    assert [kind.split(".")[2] for kind in kinds] == ["announced", "agreed", "announced"]
    past = await theo.post("/v1/maintenance", json=body | {"starts_at": at(1), "ends_at": at(2)})
    assert violation_pointers(past) == ["/starts_at"]


async def test_maintenance_called_off_excuses_nothing_from_then_on(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    body = {"service": "billing", "customer": "acme", "scope": "customer", "title": "New disks"}
    times = {"starts_at": at(24), "ends_at": at(30)}
    address = (await theo.post("/v1/maintenance", json=body | times)).headers["Location"]
    assert (await agree_as_read(gina, address)).status_code == 200
    await add_outage(database, NINE + DAY, NINE + DAY + 4 * HOUR, ACME, "acme-prod")
    await freeze_time(database, NINE + DAY + HOUR)
    assert (await theo.post(f"{address}/cancel")).status_code == 200
    await freeze_time(database, NINE + DAY + 5 * HOUR)
    found = (await theo.get(JUNE)).json()
    # All of acme-prod was not in maintenance, billing was: what was down was billing there.
    assert (found["down_seconds"], found["excluded_seconds"]) == (3 * 3600, 3600)
    assert (await theo.post(f"{address}/cancel")).status_code == 409


async def test_a_correction_is_announced_when_it_waits_and_when_it_is_refused(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R1: whoever may confirm it hears of it"""
    address = (await theo.post("/v1/outages", json=outage_body())).headers["Location"]
    body = {"started_at": at(1), "reason": "The monitor was late"}
    asked = await theo.post(f"{address}/corrections", json=body)
    refused = await gina.post(f"{asked.headers['Location']}/refuse")
    assert refused.status_code == 200, refused.text
    events = [
        (one.type.removeprefix("opsdesk.outage."), one.sequence, one.body.get("correction_id"))
        for one in await outbox_events(database)
        if one.type.startswith("opsdesk.outage.")
    ]
    id = asked.json()["id"]
    assert events == [
        ("started.v1", 1, None),
        ("correction_requested.v1", 2, id),
        ("correction_refused.v1", 3, id),
    ]
    assert (await gina.get(address)).headers["ETag"] == '"3"'
