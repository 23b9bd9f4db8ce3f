"""Outages, corrections, maintenance and availability over HTTP: who may what, who sees what."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.database import Database
from common.events.directory import EnvironmentKnown, Tier
from common.testing.client import client
from common.testing.protocol import fire, hear, stand_at, told
from sla.handlers import HANDLERS
from sla.testing.alarming import counting, over, raised
from sla.testing.company import ACME, BRIGHTWATER, HOUR, NINE, know, promise
from sla.testing.failing import fail
from sla.testing.looking import wrong
from sla.timers import TIMERS

DAY = timedelta(days=1)
JUNE = "/v1/availability?month=2026-06&service=billing&customer=acme"


@pytest.fixture(autouse=True)
async def acme(database: Database, app: FastAPI) -> None:
    """Acme was promised 99 % of office hours; it is Monday evening."""
    await promise(database, timezone="Europe/Amsterdam", availability=0.99)
    await know(database, (BRIGHTWATER, "brightwater"))
    tiers: tuple[tuple[int, str, UUID, str, Tier], ...] = (
        (1, "acme-prod", ACME, "acme", "production"),
        (2, "acme-staging", ACME, "acme", "staging"),
        (3, "brightwater-prod", BRIGHTWATER, "brightwater", "production"),
    )
    for id, key, whose, customer, tier in tiers:
        facts: dict[str, Any] = {"environment": key, "customer_id": whose, "customer": customer}
        known = EnvironmentKnown(at=NINE, environment_id=UUID(int=id), tier=tier, name=key, **facts)
        await hear(database, HANDLERS, (known, 1))
    await stand_at(database, NINE + 12 * HOUR)


def at(hours: float) -> str:
    return (NINE + hours * HOUR).isoformat()


def report(**more: Any) -> dict[str, Any]:
    said = {"environment": "acme-prod", "service": "billing", "reason": "Nobody can log in"}
    return said | {"started_at": at(0)} | more


async def test_an_outage_by_hand_begins_and_ends_and_counts(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    begun = await theo.post("/v1/outages", json=report())
    assert begun.status_code == 201, begun.text
    address = begun.headers["Location"]
    assert (begun.json()["customer"], begun.json()["lasted_seconds"]) == ("acme", None)
    twice = await theo.post("/v1/outages", json=report(started_at=at(1)))
    assert (twice.status_code, twice.json()["code"]) == (409, "ALREADY_DOWN")
    assert twice.json()["outage"] == begun.json()["key"]
    ended = await theo.post(f"{address}/end", json={"ended_at": at(2), "reason": "Restarted"})
    assert ended.json()["lasted_seconds"] == 7200
    assert (await theo.post(f"{address}/end", json={})).status_code == 409
    assert [one["kind"] for one in ended.json()["history"]] == ["started", "ended"]
    shown = (await jan.get(f"/v1/outages/{begun.json()['key']}")).json()
    assert [one["by"] for one in shown["history"]] == [None, None]
    figures = (await jan.get(JUNE)).json()
    assert (figures["down_seconds"], figures["agreed_seconds"]) == (7200, 9 * 3600)
    assert (figures["agreed_whole_month_seconds"], figures["promised"]) == (22 * 9 * 3600, 0.99)
    assert (figures["met"], figures["budget_seconds"]) == (False, 22 * 9 * 36.0)
    (interval,) = figures["intervals"]
    assert (interval["why"], interval["counted_seconds"]) == ("down", 7200)
    assert interval["outages"] == [begun.json()["key"]]
    assert figures["availability"] == 1 - 7200 / 32400


async def test_eight_who_report_the_same_at_once_make_one_outage(
    database: Database, theo: AsyncClient
) -> None:
    answers = await asyncio.gather(*(theo.post("/v1/outages", json=report()) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await counting(database)) == 1


async def test_eight_alerts_heard_at_once_count_once(database: Database, theo: AsyncClient) -> None:
    """By eight consumers, of one service; all of them end an hour later"""
    await asyncio.gather(*(hear(database, HANDLERS, (raised(n), 1)) for n in range(8)))
    assert len(await counting(database)) == 8
    ends = [over(number, NINE, NINE + HOUR) for number in range(8)]
    await asyncio.gather(*(hear(database, HANDLERS, (end, 2)) for end in ends))
    figures = (await theo.get(JUNE)).json()
    assert (figures["down_seconds"], figures["failures"], figures["mttr_seconds"]) == (
        3600,
        1,
        3600,
    )
    used = [one for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert used == []  # nobody is told of eleven hours that it was not down
    await fire(database, TIMERS)
    used = [one for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert [(one.body["share"], one.sequence) for one in used] == [(0.5, 1)]


async def test_a_correction_takes_two_people_and_leaves_what_was_known(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R1, A5"""
    outage = await fail(database, NINE, NINE + 2 * HOUR, ACME, "acme-prod")
    address = f"/v1/outages/{outage.key}/corrections"
    body = {"ended_at": at(1), "reason": "The monitor's clock was wrong"}
    asked = await theo.post(address, json=body)
    assert asked.status_code == 201, asked.text
    confirm = f"{address}/{asked.json()['id']}/confirm"
    own = await theo.post(confirm)
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 7200
    stale = await gina.post(confirm, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    await stand_at(database, NINE + 13 * HOUR)
    confirmed = await gina.post(confirm)
    assert confirmed.json()["ended_at"] == "2026-06-01T08:00:00Z"
    record = confirmed.json()["history"][-1]
    assert (record["kind"], record["by"], record["second"]) == ("corrected", "theo", "gina")
    assert (await gina.post(confirm)).status_code == 409
    assert (await theo.get(JUNE)).json()["down_seconds"] == 3600
    before = f"&as_known_at={(NINE + 12.5 * HOUR).isoformat().replace('+00:00', 'Z')}"
    assert (await theo.get(JUNE + before)).json()["down_seconds"] == 7200
    shown = await theo.get(f"/v1/outages/{outage.key}?{before[1:]}")
    assert shown.json()["ended_at"] == "2026-06-01T09:00:00Z"
    (event,) = (one for one in await told(database) if one.type == "opsdesk.outage.corrected.v1")
    assert (event.sequence, event.body["confirmed_by"]) == (2, "gina")


async def test_a_correction_that_cannot_be_is_refused_in_words(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    outage = await fail(database, NINE, NINE + 2 * HOUR, ACME, "acme-prod")
    address = f"/v1/outages/{outage.key}/corrections"
    because = {"reason": "For a test"}
    for body, pointer in (
        ({"ended_at": at(-1)}, ""),
        ({}, ""),
        ({"ended_at": at(99)}, "/ended_at"),
        ({"started_at": at(99)}, "/started_at"),
    ):
        assert wrong(await theo.post(address, json=body | because)) == [pointer]
    none = await theo.post(address, json={"counts": False} | because)
    refused = await gina.post(f"{address}/{none.json()['id']}/refuse")
    assert (refused.json()["state"], refused.json()["decided_by"]) == ("refused", "gina")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 7200
    missing = f"{address}/{UUID(int=9)}/confirm"
    assert (await gina.post(missing)).status_code == 404


async def test_what_monitoring_measures_it_ends_itself(
    database: Database, theo: AsyncClient
) -> None:
    await hear(database, HANDLERS, (raised(1), 1))
    (outage,) = await counting(database)
    refused = await theo.post(f"/v1/outages/{outage.key}/end")
    assert refused.status_code == 409
    assert "monitor" in refused.json()["detail"]


async def test_an_end_known_late_corrects_the_right_month(
    database: Database, theo: AsyncClient
) -> None:
    await hear(database, HANDLERS, (raised(1), 1))
    await stand_at(database, NINE + 32 * DAY)
    assert (await theo.get(JUNE)).json()["down_seconds"] == 22 * 9 * 3600 - 3600
    await hear(database, HANDLERS, (over(1, NINE, NINE + HOUR), 2))
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
    assert (await theo.post(f"{address}/agree")).json()["code"] == "SELF_APPROVAL"
    assert (await jan.post(f"{address}/agree")).json()["agreed_at"] is not None
    assert (await gina.post(f"{address}/agree")).status_code == 409
    late = {"starts_at": at(tuesday + 3), "ends_at": at(tuesday + 4)}
    other = (await theo.post("/v1/maintenance", json=body | late)).headers["Location"]
    await fail(database, NINE + DAY - HOUR, NINE + DAY + 4 * HOUR, ACME, "acme-prod")
    await stand_at(database, NINE + DAY + 5 * HOUR)
    assert (await gina.post(f"{other}/agree")).json()["code"] == "TOO_LATE"
    found = (await theo.get(JUNE)).json()
    assert (found["down_seconds"], found["excused_seconds"]) == (3 * 3600, 2 * 3600)
    assert [one["why"] for one in found["intervals"]] == ["down", "down_in_maintenance", "down"]
    assert found["intervals"][1]["maintenance"] == [planned.json()["key"]]
    kinds = [one.type for one in await told(database) if one.subject.startswith("maintenance")]
    assert [kind.split(".")[2] for kind in kinds] == ["announced", "agreed", "announced"]
    past = await theo.post("/v1/maintenance", json=body | {"starts_at": at(1), "ends_at": at(2)})
    assert wrong(past) == ["/starts_at"]


async def test_maintenance_called_off_excuses_nothing_from_then_on(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    body = {"service": "billing", "customer": "acme", "title": "New disks"}
    times = {"starts_at": at(24), "ends_at": at(30)}
    address = (await theo.post("/v1/maintenance", json=body | times)).headers["Location"]
    assert (await gina.post(f"{address}/agree")).status_code == 200
    await fail(database, NINE + DAY, NINE + DAY + 4 * HOUR, ACME, "acme-prod")
    await stand_at(database, NINE + DAY + HOUR)
    assert (await theo.post(f"{address}/cancel")).status_code == 200
    await stand_at(database, NINE + DAY + 5 * HOUR)
    found = (await theo.get(JUNE)).json()
    # All of acme-prod was not in maintenance, billing was: what was down was billing there.
    assert (found["down_seconds"], found["excused_seconds"]) == (3 * 3600, 3600)
    assert (await theo.post(f"{address}/cancel")).status_code == 409


async def test_a_customer_sees_the_own_outages_and_no_others(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    own = await fail(database, NINE, NINE + HOUR, ACME, "acme-prod")
    theirs = await fail(database, NINE, NINE + HOUR, BRIGHTWATER, "brightwater-prod")
    everybodys = await fail(database, NINE + HOUR, NINE + 2 * HOUR, service="portal")
    seen = (await jan.get("/v1/outages")).json()["items"]
    assert {one["key"] for one in seen} == {own.key, everybodys.key}
    assert (await jan.get("/v1/outages?customer=brightwater")).json()["items"] == []
    assert (await jan.get(f"/v1/outages/{theirs.key}")).status_code == 404
    assert (await theo.get(f"/v1/outages/{theirs.key}")).status_code == 200
    assert (await jan.get("/v1/availability?customer=brightwater")).status_code == 404
    assert (await jan.get("/v1/availability?environment=brightwater-prod")).status_code == 404
    assert (await jan.get("/v1/availability")).json()["customer"] == "acme"
    assert (await jan.post("/v1/outages", json=report())).status_code == 403
    assert (await jan.get("/v1/outage-rules")).status_code == 403


async def test_lists_are_paged_and_narrowed(database: Database, theo: AsyncClient) -> None:
    for number in range(5):
        end = None if number == 4 else NINE + (number + 0.5) * HOUR
        await fail(database, NINE + number * HOUR, end, ACME, "acme-prod", service=f"s{number}")
    pages, address = [], "/v1/outages?limit=2"
    while address:
        page = (await theo.get(address)).json()
        pages += [one["service"] for one in page["items"]]
        address = page["next"] and f"/v1/outages?limit=2&cursor={page['next']}"
    assert pages == ["s4", "s3", "s2", "s1", "s0"]

    async def services(query: str) -> list[str]:
        return [one["service"] for one in (await theo.get(f"/v1/outages?{query}")).json()["items"]]

    assert await services("state=open") == ["s4"]
    assert await services("state=ended&service=s1") == ["s1"]
    assert await services("environment=acme-staging") == []
    assert await services("customer=brightwater") == []
    soon = (NINE + 2 * HOUR).isoformat().replace("+00:00", "Z")
    assert await services(f"to={soon}&source=hand") == ["s1", "s0"]
    assert await services(f"from={soon}") == ["s4", "s3", "s2"]


async def test_staging_counts_only_where_it_is_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    await fail(database, NINE, NINE + HOUR, ACME, "acme-staging")
    assert (await theo.get(JUNE)).json()["down_seconds"] == 0
    asked = "/v1/availability?month=2026-06&environment=acme-staging"
    assert (await theo.get(asked)).json()["down_seconds"] == 3600


async def test_the_rules_are_written_in_versions(theo: AsyncClient, gina: AsyncClient) -> None:
    usual = await theo.get("/v1/outage-rules")
    assert (usual.json()["version"], usual.headers["ETag"]) == (0, '"0"')
    rules = {"rules": [{"effect": "impaired", "levels": ["warning"]}]}
    stale = await gina.put("/v1/outage-rules", json=rules, headers={"If-Match": '"3"'})
    assert stale.status_code == 412
    made = await gina.put("/v1/outage-rules", json=rules, headers={"If-Match": '"0"'})
    assert (made.json()["version"], made.json()["made_by"]) == (1, "gina")
    assert (await theo.get("/v1/outage-rules")).json() == made.json()


async def test_people_are_told_while_some_of_the_budget_is_left(
    database: Database, theo: AsyncClient
) -> None:
    """R3: 99 % of 198 h leave 7128 s; each share is told once, at the instant it is used up"""
    await stand_at(database, NINE)
    await hear(database, HANDLERS, (raised(1), 1))
    for minutes in (59, 60, 89, 90, 107, 119, 600):
        await stand_at(database, NINE + timedelta(minutes=minutes))
        await fire(database, TIMERS)
    used = [one.body for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert [one["share"] for one in used] == [0.5, 0.75, 0.9, 1.0]
    assert [one["reached_at"][11:19] for one in used] == [
        "07:59:24",
        "08:29:06",
        "08:46:55",
        "08:58:48",
    ]
    assert {one["month"] for one in used} == {"2026-06-01"}
    await hear(database, HANDLERS, (raised(2), 1), (over(1, NINE, NINE + 9 * HOUR), 2))
    await stand_at(database, NINE + 20 * DAY)
    await fire(database, TIMERS)
    again = [one for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert len(again) == 4
    assert (await theo.get(JUNE)).json()["met"] is False


async def test_the_next_month_has_a_budget_of_its_own(database: Database) -> None:
    await stand_at(database, NINE)
    await hear(database, HANDLERS, (raised(1), 1))
    for days in (29, 30, 31):
        await stand_at(database, NINE + days * DAY + 2 * HOUR)
        await fire(database, TIMERS)
    used = [one.body for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert [(one["month"][:7], one["share"]) for one in used] == [
        (month, share) for month in ("2026-06", "2026-07") for share in (0.5, 0.75, 0.9, 1.0)
    ]


async def test_an_outage_since_ever_and_maintenance_at_the_end_of_time_break_nothing(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """Figures reach as far as calendars do; warnings are about months that people can still act on"""
    long_ago = report(started_at="1970-01-01T00:00:01Z")
    assert (await theo.post("/v1/outages", json=long_ago)).status_code == 201
    await fire(database, TIMERS)
    used = [one.body for one in await told(database) if one.type == "opsdesk.budget.used.v1"]
    assert len({one["month"] for one in used}) == 13  # since the agreement holds
    assert (await theo.get(JUNE.replace("2026-06", "1971-01"))).json()["down_seconds"] > 0
    times = {"starts_at": "2199-12-30T00:00:00Z", "ends_at": "2199-12-31T00:00:00Z"}
    far = {"environment": "acme-prod", "title": "The sun goes out"} | times
    planned = (await theo.post("/v1/maintenance", json=far)).headers["Location"]
    assert (await gina.post(f"{planned}/agree")).status_code == 200
    assert (await theo.post(f"{planned}/cancel")).status_code == 200
    await fire(database, TIMERS)
    assert (await theo.get(JUNE.replace("2026-06", "2098-12"))).status_code == 200


async def test_the_picture_is_svg_and_says_why(database: Database, theo: AsyncClient) -> None:
    outage = await fail(database, NINE, NINE + HOUR, ACME, "acme-prod")
    drawn = await theo.get(JUNE.replace("?", "/picture.svg?"))
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    picture = ElementTree.fromstring(drawn.text)
    titles = [one.text or "" for one in picture.iter("{http://www.w3.org/2000/svg}title")]
    assert any(outage.key in title for title in titles)
    days = [one.text for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "Mon 1 Jun" in days
    assert "Tue 30 Jun" in days


@pytest.mark.parametrize(
    "asked",
    ["month=2026-13", "month=1969-01", "month=9999-12", "month=2026-6", "as_known_at=2026-06-01"],
)
async def test_bad_months_are_refused(theo: AsyncClient, asked: str) -> None:
    assert (await theo.get(f"/v1/availability?{asked}")).status_code == 422


async def test_bad_places_are_refused(theo: AsyncClient) -> None:
    for body, pointer in (
        ({"environment": "nowhere"}, "/environment"),
        ({"customer": "nobody"}, "/customer"),
        ({"customer": "brightwater"}, "/customer"),
        ({"started_at": at(99)}, "/started_at"),
        ({"environment": None, "service": None}, ""),
    ):
        assert wrong(await theo.post("/v1/outages", json=report(**body))) == [pointer]


async def test_machines_and_strangers_see_nothing(app: FastAPI) -> None:
    async with client(app, "pipeline") as machine, client(app, None) as nobody:
        for address in ("/v1/outages", "/v1/availability", "/v1/maintenance"):
            assert (await machine.get(address)).status_code == 403
            assert (await nobody.get(address)).status_code == 401
