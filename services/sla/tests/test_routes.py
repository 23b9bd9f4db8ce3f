"""The HTTP face: who may do what, what is refused, and what is told."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.database import Database
from common.events.tickets import TicketResolved, TicketWaiting
from common.testing.client import app_for, client
from common.testing.protocol import fire, hear, stand_at, told
from sla.app import SERVICE
from sla.handlers import HANDLERS
from sla.testing.company import ACME, BRIGHTWATER, HOUR, NINE, OFFICE, know, opened, promise, said
from sla.testing.looking import resolution, whole
from sla.timers import TIMERS

AMSTERDAM = {"timezone": "Europe/Amsterdam", "weekly": OFFICE}


@pytest.fixture
async def app(database: Database) -> FastAPI:
    await stand_at(database, NINE)
    return app_for(SERVICE, database)


@pytest.fixture
async def theo(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo") as caller:
        yield caller


@pytest.fixture
async def gina(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "gina") as caller:
        yield caller


@pytest.fixture
async def jan(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """A contact of Acme."""
    async with client(app, "jan") as caller:
        yield caller


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_a_calendar_answers_questions_without_being_stored(theo: AsyncClient) -> None:
    """A1-A3, as the issue writes it down"""
    calendar = AMSTERDAM | {
        "holidays": ["2026-12-25"],
        "overrides": {"2026-12-24": [["08:00", "12:00"]]},
        "breaks": {"2026-12-23": [["12:00", "13:00"]]},
    }
    start = "2026-12-23T11:30:00+01:00"
    asked = [
        {"after": {"start": start, "seconds": 6 * 3600}},
        {"between": {"start": start, "end": "2026-12-28T08:00:00+01:00"}},
        {"open": {"at": "2026-12-25T10:00:00+01:00"}},
    ]
    answer = await theo.post(
        "/v1/calendars/compute", json={"calendar": calendar, "questions": asked}
    )
    assert answer.json() == {
        "answers": [
            {"at": "2026-12-24T08:30:00Z"},
            {"seconds": int(8.5 * 3600)},
            {"open": False},
        ]
    }


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"timezone": "Mars/Olympus"}, "/calendar/timezone"),
        ({"weekly": {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}}, "/calendar/weekly/mon"),
        ({"overrides": {"2026-12-24": [["25:00", "26:00"]]}}, "/calendar/overrides/2026-12-24"),
        ({"weekly": {}}, "/questions/0"),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused_by_its_place(
    theo: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    """A4 and bad input"""
    question = {"after": {"start": "2026-12-23T11:30:00Z", "seconds": 1}}
    body = {"calendar": AMSTERDAM | changed, "questions": [question]}
    assert wrong(await theo.post("/v1/calendars/compute", json=body)) == [pointer]


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"open": {"at": "2026-12-23T11:30:00"}},
        {"open": {"at": "3026-12-23T11:30:00Z"}},
        {"open": {"at": "1950-12-23T11:30:00Z"}},
        {"after": {"start": "2026-12-23T11:30:00Z", "seconds": 10**12}},
        {"after": {"start": "2026-12-23T11:30:00Z", "seconds": 1.5}},
        {"open": {"at": "2026-12-23T11:30:00Z"}, "between": None, "extra": 1},
    ],
)
async def test_a_question_that_is_none_is_refused(
    theo: AsyncClient, question: dict[str, Any]
) -> None:
    body = {"calendar": AMSTERDAM, "questions": [question]}
    wrong(await theo.post("/v1/calendars/compute", json=body))


def life(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "calendar": AMSTERDAM,
        "metric": "resolution",
        "target_seconds": 4 * 3600,
        "events": [{"at": "2026-06-01T07:00:00Z", "type": "opened"}, *events],
        "as_of": "2026-06-01T12:00:00Z",
    } | more


async def test_a_clock_is_simulated(theo: AsyncClient) -> None:
    """C2, C4, C7"""
    waiting = {"at": "2026-06-01T08:00:00Z", "type": "waiting"}
    resumed = {"at": "2026-06-01T09:00:00Z", "type": "resumed"}
    answer = await theo.post("/v1/clocks/simulate", json=life(waiting, resumed))
    assert answer.json() == {
        "state": "running",
        "counted_seconds": 4 * 3600,
        "paused_seconds": 3600,
        "deadline": "2026-06-01T12:00:00Z",
        "remaining_seconds": 0,
        "overrun_seconds": 0,
        "breached": False,
        "breached_at": None,
        "worst_cycle_seconds": 4 * 3600,
        "firings": [
            {"kind": "warning_50", "due_at": "2026-06-01T10:00:00Z"},
            {"kind": "warning_75", "due_at": "2026-06-01T11:00:00Z"},
            {"kind": "warning_90", "due_at": "2026-06-01T11:36:00Z"},
        ],
        "intervals": [
            {
                "from": "2026-06-01T07:00:00Z",
                "until": "2026-06-01T08:00:00Z",
                "counted_seconds": 3600,
                "why": "running",
            },
            {
                "from": "2026-06-01T08:00:00Z",
                "until": "2026-06-01T09:00:00Z",
                "counted_seconds": 0,
                "why": "waiting_on_customer",
            },
            {
                "from": "2026-06-01T09:00:00Z",
                "until": "2026-06-01T12:00:00Z",
                "counted_seconds": 3 * 3600,
                "why": "running",
            },
        ],
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (life({"at": "2026-06-01T06:00:00Z", "type": "waiting"}), ["/events/1/at"]),
        (life({"at": "2026-06-01T08:00:00Z", "type": "opened"}), ["/events/1/type"]),
        (life(target_seconds=0), ["/target_seconds"]),
        (life(target_seconds=-5), ["/target_seconds"]),
        (life(as_of="2026-05-01T12:00:00Z"), ["/as_of"]),
        (life(calendar="nowhere"), ["/calendar"]),
        (life(warnings=[1.5]), ["/warnings/0"]),
    ],
)
async def test_a_life_that_cannot_be_is_refused(
    theo: AsyncClient, body: dict[str, Any], pointers: list[str]
) -> None:
    assert wrong(await theo.post("/v1/clocks/simulate", json=body)) == pointers


def offer(**more: Any) -> dict[str, Any]:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    return {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
    } | more


async def test_an_agreement_takes_two_people_and_then_promises(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R4, and four eyes by rule"""
    await know(database, (ACME, "acme"))
    made = await theo.post("/v1/agreements", json=offer())
    assert made.status_code == 201, made.text
    assert (made.json()["state"], made.json()["version"]) == ("draft", 1)
    await hear(database, HANDLERS, (opened(1), 1))
    alone = await theo.post(made.headers["Location"] + "/publish")
    assert (alone.status_code, alone.json()["code"]) == (403, "SELF_APPROVAL")
    published = await gina.post(made.headers["Location"] + "/publish")
    assert published.json()["published_by"] == "gina"
    assert (await gina.post(made.headers["Location"] + "/publish")).status_code == 409
    await hear(database, HANDLERS, (opened(2), 1))
    assert (await resolution(database, 2)).clock.deadline == NINE + 8 * HOUR
    kinds = [one.type for one in await told(database)]
    assert kinds[0] == "opsdesk.clock.agreement_published.v1"
    async with database.transaction() as tx:
        actions = list(await tx.scalars(text("SELECT action FROM audit ORDER BY position")))
    assert actions == ["agreement.propose", "agreement.publish.denied", "agreement.publish"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"customer": "nobody"}, "/customer"),
        ({"calendar": "nowhere"}, "/calendar"),
        ({"calendars": {"blocker": "nowhere"}}, "/calendars/blocker"),
        ({"valid_until": "2025-01-01T00:00:00Z"}, ""),
        ({"targets": []}, "/targets"),
        (
            {"targets": [{"metric": "x", "priority": "major", "target_seconds": 1}]},
            "/targets/0/metric",
        ),
    ],
)
async def test_an_agreement_that_cannot_be_is_refused(
    database: Database, theo: AsyncClient, changed: dict[str, Any], pointer: str
) -> None:
    await know(database, (ACME, "acme"))
    assert wrong(await theo.post("/v1/agreements", json=offer(**changed))) == [pointer]
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM agreements")) == 0


async def test_the_database_refuses_one_person_too(database: Database) -> None:
    """R1, R2: no role is exempt"""
    await promise(database)
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(text("UPDATE agreement_versions SET published_by = proposed_by"))


async def test_a_calendar_is_versioned_and_knows_public_holidays(theo: AsyncClient) -> None:
    """A1, A5"""
    body = AMSTERDAM | {"key": "nl-office", "public_holidays": [{"country": "NL"}]}
    first, second = [await theo.post("/v1/calendars", json=body) for _ in range(2)]
    assert [first.json()["version"], second.json()["version"]] == [1, 2]
    assert first.json()["definition"]["holidays"]["2026-04-27"] == "King's Day"
    assert first.json()["tz_version"]
    page = (await theo.get("/v1/calendars?limit=1")).json()
    rest = (await theo.get(f"/v1/calendars?limit=1&cursor={page['next']}")).json()
    assert [one["version"] for one in page["items"] + rest["items"]] == [1, 2]
    question = {"open": {"at": "2026-04-27T10:00:00+02:00"}}
    asked = {"calendar": "nl-office", "questions": [question]}
    assert (await theo.post("/v1/calendars/compute", json=asked)).json() == {
        "answers": [{"open": False}]
    }
    never = {"key": "never", "timezone": "Europe/Amsterdam"}
    assert wrong(await theo.post("/v1/calendars", json=never)) == ["/weekly"]


async def test_the_queue_stands_in_the_order_in_which_promises_break(
    database: Database, theo: AsyncClient
) -> None:
    await promise(database, metrics=("resolution",))
    events = [opened(1, priority="minor"), opened(2, priority="blocker"), opened(3)]
    await hear(database, HANDLERS, *((event, 1) for event in events))
    waiting = said(TicketWaiting, 3, NINE + HOUR, on="customer")
    await hear(database, HANDLERS, (waiting, 2))
    pages, address = [], "/v1/clocks?limit=1"
    while address:
        page = (await theo.get(address)).json()
        pages += [one["ticket"] for one in page["items"]]
        address = page["next"] and f"/v1/clocks?limit=1&cursor={page['next']}"
    assert pages == ["OPS-2", "OPS-1", "OPS-3"]
    soon = (NINE + 3 * HOUR).isoformat().replace("+00:00", "Z")
    found = (await theo.get(f"/v1/clocks?due_before={soon}&customer=acme")).json()["items"]
    assert [one["ticket"] for one in found] == ["OPS-2"]
    paused = (await theo.get("/v1/clocks?state=paused")).json()["items"]
    assert [one["ticket"] for one in paused] == ["OPS-3"]


async def test_one_clock_tells_its_firings_its_reasons_and_replays(
    database: Database, theo: AsyncClient
) -> None:
    """C8, C9"""
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, (opened(1), 1))
    await stand_at(database, NINE + 5 * HOUR)
    await fire(database, TIMERS)
    await stand_at(database, NINE + 24 * HOUR)
    address = f"/v1/clocks/{(await resolution(database)).id}"
    shown = await theo.get(address)
    assert shown.headers["ETag"] == '"2"'
    (firing,) = shown.json()["firings"]
    assert (firing["kind"], firing["lag_ms"]) == ("warning_50", 3_600_000)
    why = (await theo.get(address + "/explanation")).json()
    assert [one["why"] for one in why["intervals"]] == ["counted", "closed_hours", "counted"]
    assert sum(one["counted_seconds"] for one in why["intervals"]) == why["counted_seconds"]
    replayed = (await theo.post(address + "/replay", json={})).json()
    assert (replayed["same"], replayed["inputs"]) == (True, 2)
    early = {"as_known_at": NINE.isoformat()}
    assert (await theo.post(address + "/replay", json=early)).json()["firings"] == []
    before = {"as_known_at": (NINE - HOUR).isoformat()}
    assert (await theo.post(address + "/replay", json=before)).status_code == 404
    by_key = (await theo.get("/v1/tickets/OPS-1/clocks")).json()["items"]
    assert [one["id"] for one in by_key] == [shown.json()["id"]]


async def test_a_customer_sees_the_own_clocks_and_no_others(
    database: Database, theo: AsyncClient, jan: AsyncClient
) -> None:
    """R4: 404, never 403"""
    await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    theirs: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
    await hear(database, HANDLERS, (opened(1), 1), (opened(2, **theirs), 1))
    mine = (await jan.get("/v1/clocks")).json()["items"]
    assert {one["customer"] for one in mine} == {"acme"}
    assert (await jan.get("/v1/clocks?customer=brightwater")).json()["items"] == []
    clock = (await resolution(database, 2)).id
    for address in (
        f"/v1/clocks/{clock}",
        f"/v1/clocks/{clock}/explanation",
        "/v1/tickets/OPS-2/clocks",
    ):
        assert (await theo.get(address)).status_code == 200
        assert (await jan.get(address)).status_code == 404
    assert (await jan.post(f"/v1/clocks/{clock}/replay", json={})).status_code == 404
    assert (await jan.get("/v1/agreements/brightwater-standard")).status_code == 404
    assert (await jan.get("/v1/agreements/acme-standard")).status_code == 200
    shown = (await jan.get("/v1/compliance?customer=brightwater")).json()
    assert shown["customers"] == []
    assert (await jan.get("/v1/waivers")).status_code == 403
    question = {"calendar": "office", "questions": [{"open": {"at": "2026-04-27T10:00:00Z"}}]}
    assert wrong(await jan.post("/v1/calendars/compute", json=question)) == ["/calendar"]


async def test_compliance_is_raw_and_adjusted(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R2: one met, one broken, one broken with approval"""
    await promise(database, metrics=("resolution",))
    await hear(database, HANDLERS, *((opened(number), 1) for number in (1, 2, 3)))
    await hear(database, HANDLERS, (said(TicketResolved, 1, NINE + HOUR), 2))
    expires = (NINE + 9 * HOUR).isoformat()
    for number, hours in ((2, 7.0), (3, 8.001)):
        clock = (await resolution(database, number)).id
        body = {"clock_id": str(clock), "reason": "The supplier is down", "expires_at": expires}
        asked = await theo.post("/v1/waivers", json=body)
        assert asked.status_code == 201, asked.text
        await stand_at(database, NINE + hours * HOUR)
        approved = await gina.post(asked.headers["Location"] + "/approve")
        assert approved.json()["late"] is (number == 3)
    await fire(database, TIMERS)
    await stand_at(database, NINE + 9 * HOUR)
    shown = (await theo.get("/v1/compliance")).json()
    assert (shown["met"], shown["breached"], shown["excused"]) == (1, 1, 1)
    assert (round(shown["raw"], 3), round(shown["adjusted"], 3)) == (0.333, 0.667)
    assert shown["customers"][0]["metrics"][0]["metric"] == "resolution"
    breached = [one.body for one in await told(database) if one.type.endswith(".breached.v1")]
    assert sorted(one["approved"] for one in breached) == [False, True]
    await whole(database)


async def test_a_waiver_needs_a_second_person_who_is_gm(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R2, C11"""
    await promise(database)
    await hear(database, HANDLERS, (opened(1), 1))
    clock = str((await resolution(database)).id)
    expires = (NINE + 9 * HOUR).isoformat()
    body = {"clock_id": clock, "reason": "The supplier is down", "expires_at": expires}
    own = (await gina.post("/v1/waivers", json=body)).json()
    denied = await gina.post(f"/v1/waivers/{own['key']}/approve", json={})
    assert (denied.status_code, denied.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.post(f"/v1/waivers/{own['id']}/approve", json={})).status_code == 403
    other = (await theo.post("/v1/waivers", json=body)).json()
    refused = await gina.post(f"/v1/waivers/{other['id']}/refuse", json={"reason": "Not this time"})
    assert (refused.json()["state"], refused.json()["decided_by"]) == ("refused", "gina")
    again = await gina.post(f"/v1/waivers/{other['id']}/approve", json={})
    assert again.status_code == 409
    assert (await gina.get("/v1/waivers?state=requested")).json()["items"][0]["id"] == own["id"]
    past = body | {"expires_at": (NINE - HOUR).isoformat()}
    assert wrong(await theo.post("/v1/waivers", json=past)) == ["/expires_at"]
    unknown = body | {"clock_id": str(UUID(int=99))}
    assert wrong(await theo.post("/v1/waivers", json=unknown)) == ["/clock_id"]
    kinds = [one.type for one in await told(database) if one.subject.startswith("waiver")]
    assert [kind.split(".")[2] for kind in kinds] == [
        "waiver_requested",
        "waiver_requested",
        "waiver_refused",
    ]
    with pytest.raises(IntegrityError):
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    "UPDATE waivers SET state = 'approved', decided_by = requested_by,"
                    " decided_at = requested_at WHERE state = 'requested'"
                )
            )


async def test_machines_and_strangers_see_nothing(app: FastAPI) -> None:
    async with client(app, "pipeline") as machine, client(app, None) as nobody:
        for address in ("/v1/clocks", "/v1/agreements", "/v1/waivers", "/v1/compliance"):
            assert (await machine.get(address)).status_code == 403
            assert (await nobody.get(address)).status_code == 401
