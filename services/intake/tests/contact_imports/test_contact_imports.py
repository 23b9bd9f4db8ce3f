"""Contacts from CSV files: a report for each line, tried before, the same file twice changes nothing."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.domain import Actor
from common.persistence.database import Database
from intake.contact_imports.commands import ContactImport
from intake.contact_imports.csv_contacts import MAX_LINES, NotReadable, read
from intake.directory.store import CUSTOMERS

SAMPLES = Path(__file__).parent / "samples"


async def send(who: AsyncClient, data: bytes, **params: Any) -> Response:
    return await who.post(
        "/v1/imports/contacts", params=params, content=data, headers={"Content-Type": "text/csv"}
    )


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.csv").read_bytes()


async def contacts(who: AsyncClient, customer: str = "acme") -> dict[str, dict[str, Any]]:
    items = (await who.get(f"/v1/customers/{customer}/contacts")).json()["items"]
    return {one["address"]: one for one in items}


async def test_each_line_is_reported(anna: AsyncClient) -> None:
    report = (await send(anna, sample("opsdesk"))).json()
    outcomes = [(one["line"], one["outcome"]) for one in report["items"]]
    assert outcomes == [
        (2, "created"),
        (4, "created"),
        (5, "refused"),
        (6, "refused"),
        (7, "refused"),
        (8, "refused"),
        (9, "refused"),
    ]
    problems = [one["problems"][0] for one in report["items"][2:]]
    assert problems[0] == "it names no customer: give one for the whole file"
    assert "'unknown'" in problems[1]
    assert problems[2].startswith("name:")
    assert problems[3].startswith("address:")
    assert problems[4] == "line 2 has the same address"
    assert report["not_understood"] == ["birthday"]
    kim = (await contacts(anna))["kim@acme.example"]
    assert kim["other_addresses"] == ["kim.smit@acme.example"]
    assert (kim["phone"], kim["language"], kim["counts_for"]) == ("020 555 0123", "nl", "anna")
    assert (await contacts(anna))["lee@acme.example"]["language"] == "de"


async def test_trying_stores_nothing_and_the_second_time_changes_nothing(
    anna: AsyncClient, database: Database
) -> None:
    before = await contacts(anna)
    tried = (await send(anna, sample("opsdesk"), dry_run=True, customer="acme")).json()
    assert (tried["dry_run"], tried["created"]) == (True, 3)
    assert await contacts(anna) == before
    assert (await send(anna, sample("opsdesk"), customer="acme")).json()["created"] == 3
    async with database.transaction() as tx:
        events = await tx.scalar(text("SELECT count(*) FROM outbox"))
    again = (await send(anna, sample("opsdesk"), customer="acme")).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM outbox")) == events


@pytest.mark.parametrize("format", ["salesforce", "netsuite"])
async def test_exports_of_crms_are_understood(anna: AsyncClient, format: str) -> None:
    report = (await send(anna, sample(format), format=format)).json()
    assert (report["created"], report["refused"]) == (2, 0), report
    assert report["not_understood"] == (["LeadSource"] if format == "salesforce" else [])
    kim = (await contacts(anna))["kim@acme.example"]
    assert kim["name"] == "Kim Smit"
    for phone in ("+31205550123", "+31612345678"):
        found = (await anna.get("/v1/callers", params={"phone": phone})).json()["items"]
        assert [one["name"] for one in found] == ["Kim Smit"]
    assert (await contacts(anna, "brightwater"))["ute@brightwater.example"]["name"] == "Ute Groß"


async def test_an_import_adds_and_takes_nothing_away(anna: AsyncClient) -> None:
    await send(anna, sample("netsuite"), format="netsuite")
    changed = b"customer,name,email,phone\nacme,Kim de Smit,kim@acme.example,+31 20 555 9999\n"
    report = (await send(anna, changed)).json()
    assert report["updated"] == 1
    kim = (await contacts(anna))["kim@acme.example"]
    assert kim["name"] == "Kim de Smit"
    assert kim["other_addresses"] == ["k.smit@acme.example"]
    assert [kim["phone"], *kim["other_phones"]] == ["020-5550123", "0612345678", "+31 20 555 9999"]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_address_that_another_contact_has_refuses_its_line_alone(
    anna: AsyncClient, dry_run: bool
) -> None:
    await send(anna, sample("netsuite"), format="netsuite")
    lines = b"customer,name,email\nacme,K,k.smit@acme.example\nacme,Lee,lee@acme.example\n"
    report = (await send(anna, lines, dry_run=dry_run)).json()
    assert [one["outcome"] for one in report["items"]] == ["refused", "created"]
    assert "Another contact has k.smit@acme.example" in report["items"][0]["problems"][0]


async def test_another_customer_s_and_ended_contacts_stay_as_they_are(anna: AsyncClient) -> None:
    jan = (await contacts(anna))["jan@acme.example"]
    line = b"customer,name,email\nbrightwater,Jan,jan@acme.example\n"
    report = (await send(anna, line)).json()
    assert report["items"][0]["problems"] == ["this address is a contact's of acme"]
    await anna.post(f"/v1/customers/acme/contacts/{jan['id']}/end", json={"reason": "left"})
    report = (await send(anna, b"customer,name,email\nacme,Jan,jan@acme.example\n")).json()
    assert report["refused"] == 1
    assert "was ended" in report["items"][0]["problems"][0]


async def test_nobody_is_added_to_a_customer_who_was_ended(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """Nor where that happens after the file was sent."""
    async with database.transaction() as tx:
        before = await CUSTOMERS.find(tx, "brightwater")
    path = "/v1/customers/brightwater/end"
    assert (await anna.post(path, json={"reason": "The contract is over"})).is_success
    assert (await omar.post(f"{path}/confirm")).is_success
    data = b"name,email\nKim,kim@brightwater.example\n"
    refused = await send(anna, data, customer="brightwater")
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_ENDED")
    run = ContactImport(Actor("anna"), "NL", before, dry_run=False)
    report = await run.run(database, read(data, "opsdesk"), "opsdesk")
    assert [one.problems for one in report.items] == [("brightwater was ended",)]
    assert "kim@brightwater.example" not in await contacts(anna, "brightwater")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"name,phone\nx,y\n",
        b'email\n"',
        b"PK\x03\x04\0\0",
        b"email\n" + b"a@b.example\n" * (MAX_LINES + 1),
    ],
)
async def test_what_is_no_such_file_is_refused(anna: AsyncClient, data: bytes) -> None:
    answer = await send(anna, data)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_readable"


async def test_only_who_keeps_the_directory_imports(anna: AsyncClient, jan: AsyncClient) -> None:
    assert (await send(jan, sample("opsdesk"))).status_code == 403
    assert (await send(anna, sample("opsdesk"), customer="acm")).status_code == 422
    json = await anna.post("/v1/imports/contacts", json={})
    assert json.status_code == 415


@given(st.binary(max_size=400), st.sampled_from(["opsdesk", "salesforce", "netsuite"]))
def test_any_bytes_are_rows_or_refused(data: bytes, format: Any) -> None:
    with suppress(NotReadable):
        assert all(row.line > 1 for row in read(b"Email,Name\n" + data, format).rows)
