"""Reading personal data is noted: once an hour for each person and subject, in no statement of the page (R16)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.http import runtime_of
from common.persistence.database import Database
from common.retention import delete_old
from intake.reads import recorder as recording
from intake.reads import store
from intake.reads.recorder import ReadRecorder, run_read_recorder
from intake.retentions import RETENTIONS
from intake.settings import IntakeSettings
from intake_support.alerts import NINE
from intake_support.tickets import open_ticket
from opsdesk_testing.client import client, settings_for
from opsdesk_testing.protocol import freeze_time

MAIL = b"From: jan@acme.example\nSubject: x\nAuto-Submitted: auto-generated\n\nx"


@pytest.fixture
async def theo(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo") as theo:
        yield theo


async def reads(auditor: AsyncClient, **query: str) -> list[tuple[str, str, str]]:
    answer = await auditor.get("/v1/reads", params=query)
    assert answer.status_code == 200, answer.text
    return [
        (one["key"] or one["subject"].partition("/")[0], one["who"], one["hour"])
        for one in answer.json()["items"]
    ]


async def test_who_reads_a_ticket_is_noted_once_an_hour(
    anna: AsyncClient, omar: AsyncClient, theo: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    for path in ("", "/messages", "/history", ""):
        assert (await anna.get(f"/v1/tickets/{key}{path}")).status_code == 200
    assert await reads(theo, ticket=key) == [(key, "anna", "2030-01-07T09:00:00Z")]
    await freeze_time(database, NINE + timedelta(minutes=59))
    await anna.get(f"/v1/tickets/{key}")
    assert len(await reads(theo, ticket=key)) == 1
    await freeze_time(database, NINE + timedelta(minutes=60))
    await omar.get(f"/v1/tickets/{key}/messages")
    await anna.get(f"/v1/tickets/{key}")
    ten = "2030-01-07T10:00:00Z"
    assert (await reads(theo, ticket=key))[:2] == [(key, "omar", ten), (key, "anna", ten)]
    assert await reads(theo, who="omar") == [(key, "omar", ten)]


async def test_contacts_callers_and_mails_are_noted_too(
    app: FastAPI, anna: AsyncClient, gateway: AsyncClient, theo: AsyncClient
) -> None:
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    assert [one[:2] for one in await reads(theo, contact=jan["id"])] == [("contact", "anna")]

    async def find(name: str, path: str) -> None:
        async with client(app, name) as other:
            assert (await other.get(path)).status_code == 200

    await find("omar", f"/v1/customers/acme/contacts/{jan['id']}")
    await find("sven", "/v1/callers?email=jan@acme.example")
    assert {one[1] for one in await reads(theo, contact=jan["id"])} == {"anna", "omar", "sven"}
    media = {"Content-Type": "message/rfc822"}
    mail = (await gateway.post("/v1/emails", content=MAIL, headers=media)).json()["id"]
    assert (await anna.get(f"/v1/emails/{mail}")).status_code == 200
    assert [one[:2] for one in await reads(theo, email=mail)] == [("mail", "anna")]


async def test_who_has_read_a_mail_of_a_contact_is_in_their_export(
    anna: AsyncClient, gateway: AsyncClient, theo: AsyncClient
) -> None:
    media = {"Content-Type": "message/rfc822"}
    theirs, other = [
        (await gateway.post("/v1/emails", content=raw, headers=media)).json()["id"]
        for raw in (MAIL, MAIL.replace(b"jan@acme", b"somebody@nowhere"))
    ]
    for mail in (theirs, other):
        assert (await anna.get(f"/v1/emails/{mail}")).status_code == 200
        assert await reads(theo, email=mail)
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    lines = (await theo.get(f"/v1/contacts/{jan['id']}/export")).text.splitlines()
    parts = [json.loads(line) for line in lines]
    noted = {one["record"]["subject"] for one in parts if one["part"] == "reads"}
    assert f"mail/{theirs}" in noted
    assert f"mail/{other}" not in noted


async def test_whoever_lists_mails_or_sets_one_aside_has_read_them(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, gateway: AsyncClient, theo: AsyncClient
) -> None:
    """The list says who wrote and how each mail begins: nobody has to open any. Of a page, those on it."""
    media = {"Content-Type": "message/rfc822"}
    ids = []
    for number in range(3):
        raw = MAIL.replace(b"Subject: x", f"Subject: {number}".encode())
        ids.append((await gateway.post("/v1/emails", content=raw, headers=media)).json()["id"])
    first, second, third = ids
    assert (await anna.get("/v1/emails?limit=2")).status_code == 200
    assert await reads(theo, email=first) == []
    for mail in (second, third):
        assert [one[1] for one in await reads(theo, email=mail)] == ["anna"]
    assert (await omar.post(f"/v1/emails/{first}/set-aside")).json()["subject"] == "0"
    assert [one[1] for one in await reads(theo, email=first)] == ["omar"]


async def test_contacts_who_read_what_is_theirs_and_who_is_refused_are_not(
    anna: AsyncClient, app: FastAPI, theo: AsyncClient
) -> None:
    key = await open_ticket(anna)
    async with client(app, "portal") as portal:
        for address, status in (("jan@acme.example", 200), ("eve@brightwater.example", 404)):
            behalf = {"On-Behalf-Of": f"mailto:{address}"}
            answer = await portal.get(f"/v1/tickets/{key}", headers=behalf)
            assert answer.status_code == status
    assert await reads(theo, ticket=key) == []


async def test_a_page_costs_no_statement_more(
    anna: AsyncClient, app: FastAPI, statements: list[str]
) -> None:
    """They are stored afterwards, however many there were, in one."""
    keys = [await open_ticket(anna) for _ in range(3)]
    statements.clear()
    for key in keys:
        await anna.get(f"/v1/tickets/{key}")
    assert not any("personal_data_reads" in one for one in statements)
    await runtime_of(app).resource(ReadRecorder).flush()
    assert sum("personal_data_reads" in one for one in statements) == 1


async def test_they_are_in_no_history(
    anna: AsyncClient, theo: AsyncClient, database: Database
) -> None:
    """Nor in the audit trail, which queue and search read for what has changed."""
    key = await open_ticket(anna)
    await anna.get(f"/v1/tickets/{key}")
    assert await reads(theo, ticket=key)
    items = (await anna.get(f"/v1/tickets/{key}/history")).json()["items"]
    assert [one["act"] for one in items] == ["open"]
    async with database.transaction() as tx:
        subjects = await tx.scalars(text("SELECT action FROM audit WHERE who = 'anna'"))
        assert [one for one in subjects if one.startswith("ticket")] == ["ticket.open"]


async def test_only_auditors_read_it_and_a_question_names_one_thing(
    anna: AsyncClient, theo: AsyncClient
) -> None:
    key = await open_ticket(anna)
    assert (await anna.get("/v1/reads")).status_code == 403
    both = {"ticket": key, "email": "019b0000-0000-7000-8000-000000000000"}
    assert (await theo.get("/v1/reads", params=both)).json()["errors"][0]["code"] == "one_of"
    assert (await theo.get("/v1/reads?ticket=OPS-999999")).status_code == 422


async def test_pages_follow_one_another(anna: AsyncClient, theo: AsyncClient) -> None:
    keys = {await open_ticket(anna) for _ in range(5)}
    for key in keys:
        await anna.get(f"/v1/tickets/{key}")
    seen, query = [], {"limit": "2", "who": "anna"}
    while True:
        page = (await theo.get("/v1/reads", params=query)).json()
        seen += [one["key"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert (len(seen), set(seen)) == (5, keys)


async def test_what_is_noted_is_stored_when_the_service_stops(
    anna: AsyncClient, app: FastAPI, theo: AsyncClient, database: Database
) -> None:
    runtime = runtime_of(app)
    key = await open_ticket(anna)
    loop = asyncio.create_task(run_read_recorder(runtime))
    await asyncio.sleep(0)
    await anna.get(f"/v1/tickets/{key}")
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM personal_data_reads")) == 1


async def test_where_it_cannot_be_stored_nobody_reads_on(
    anna: AsyncClient, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in memory is bounded; a failed statement loses nothing of it."""
    monkeypatch.setattr(recording, "MAX_PENDING", 2)
    keys = [await open_ticket(anna) for _ in range(3)]
    for key in keys[:2]:
        await anna.get(f"/v1/tickets/{key}")
    recorder = runtime_of(app).resource(ReadRecorder)

    async def fails(*_: object) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as away:
        away.setattr(store, "add", fails)
        with pytest.raises(ConnectionError):
            await recorder.flush()
        assert (await anna.get(f"/v1/tickets/{keys[2]}")).status_code == 503
    assert (await anna.get(f"/v1/tickets/{keys[2]}")).status_code == 200
    await recorder.flush()
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM personal_data_reads")) == 3


async def test_it_is_kept_for_a_time(
    anna: AsyncClient, theo: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await anna.get(f"/v1/tickets/{key}")
    assert await reads(theo, ticket=key)
    settings = settings_for(IntakeSettings, database.url)
    for days, left in ((settings.read_days - 1, 1), (settings.read_days + 1, 0)):
        await freeze_time(database, NINE + timedelta(days=days))
        for retention in RETENTIONS:
            async with database.transaction() as tx:
                await delete_old(tx, retention, settings)
        assert len(await reads(theo, ticket=key)) == left
