"""Customers, environments, partners and staff from CSV files: a report for each line, tried before."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st

from common.persistence.database import Database
from intake.contact_imports.csv_contacts import NotReadable
from intake.directory_imports.csv_rows import read
from intake.directory_imports.domain import COLUMNS, DirectoryKind
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events

FILES: dict[DirectoryKind, str] = {
    "customers": "Key;Name;Timezone;Language\nnorthwind;Northwind;Europe/Oslo;en\n",
    "environments": "key,customer,tier,name\nacme-test,acme,test,Tests\n",
    "partners": "key,name,email\nnetco,Netco,noc@netco.example\n",
    "staff": "sub,name,email,roles\nnora,Nora,nora@ours.example,ops gm\n",
}
CHANGES: dict[DirectoryKind, tuple[str, str]] = {
    "customers": ("Northwind", "North Wind"),
    "environments": ("Tests", "Checks"),
    "partners": ("Netco", "Net & Co"),
    "staff": ("Nora", "Nora N."),
}
LISTS: dict[DirectoryKind, str] = {
    "customers": "/v1/customers",
    "environments": "/v1/customers/acme/environments",
    "partners": "/v1/partners",
    "staff": "/v1/people",
}
TROUBLE: list[tuple[DirectoryKind, str, Sequence[str]]] = [
    ("customers", "key,name\nNot a key,X\n,Y\nnew,\n", ("key:", "key:", "name:")),
    ("customers", "key,name,timezone\nnew,New,Mars/Crater\n", ("timezone:",)),
    ("customers", "key,name,tier\nnew,New,gold\n", ("tier:",)),
    ("customers", "key,name\nnew,New\nnew,Newer\n", ("", "line 2 has the same key")),
    ("environments", "key,customer,tier,name\nx,nobody,test,X\n", ("customer: there is no",)),
    ("environments", "key,tier,name\nx,test,X\n", ("customer: say whose",)),
    ("environments", "key,customer,tier,name\nacme-prod,acme,test,P\n", ("tier: not changed",)),
    ("environments", "key,customer\nacme-prod,brightwater\n", ("customer: not changed",)),
    ("partners", "key,name,email\nx,X,nowhere\n", ("email:",)),
    ("staff", "sub,name,email,roles\nx,X,x@ours.example,king\n", ("roles/0:",)),
    ("staff", "sub,email\nsven,other@ours.example\n", ("email: not changed",)),
    ("staff", "sub,roles\nsven,ops\n", ("roles: not changed",)),
    ("staff", "sub,name,email\nx,X,sven@ours.example\n", ("x is taken",)),
]


async def send(who: AsyncClient, kind: str, text: str, **params: Any) -> Response:
    headers = {"Content-Type": "text/csv"}
    return await who.post(
        "/v1/imports/directory", params={"kind": kind} | params, content=text, headers=headers
    )


async def _names(who: AsyncClient, kind: DirectoryKind) -> list[str]:
    return [one["name"] for one in (await who.get(LISTS[kind])).json()["items"]]


def _counts(answer: Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    report = answer.json()
    return {
        name: report[name]
        for name in ("created", "updated", "unchanged", "refused")
        if report[name]
    }


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_is_tried_stored_and_changes_nothing_the_second_time(
    anna: AsyncClient, database: Database, kind: DirectoryKind
) -> None:
    before = await _names(anna, kind)
    tried = await send(anna, kind, FILES[kind], dry_run=True)
    assert (_counts(tried), tried.json()["dry_run"]) == ({"created": 1}, True)
    assert await _names(anna, kind) == before
    assert _counts(await send(anna, kind, FILES[kind])) == {"created": 1}
    assert len(await _names(anna, kind)) == len(before) + 1
    announced = len(await outbox_events(database))
    assert _counts(await send(anna, kind, FILES[kind])) == {"unchanged": 1}
    assert len(await outbox_events(database)) == announced
    changed = FILES[kind].replace(*CHANGES[kind])
    assert _counts(await send(anna, kind, changed)) == {"updated": 1}


async def test_what_a_file_leaves_out_stays(anna: AsyncClient) -> None:
    assert _counts(await send(anna, "customers", FILES["customers"])) == {"created": 1}
    answer = await send(anna, "customers", "key,name,city\nnorthwind,North Wind,Oslo\n")
    assert (_counts(answer), answer.json()["not_understood"]) == ({"updated": 1}, ["city"])
    shown = (await anna.get("/v1/customers/northwind")).json()
    assert (shown["name"], shown["timezone"]) == ("North Wind", "Europe/Oslo")


async def test_leading_roles_wait_for_a_second_person(anna: AsyncClient, omar: AsyncClient) -> None:
    """R1"""
    assert _counts(await send(anna, "staff", FILES["staff"])) == {"created": 1}
    nora = (await anna.get("/v1/people/nora")).json()
    assert (nora["roles"], nora["pending"]["roles"]) == (["ops"], ["ops", "gm"])
    assert (await omar.post("/v1/people/nora/confirm")).status_code == 200
    assert _counts(await send(anna, "staff", FILES["staff"])) == {"unchanged": 1}


async def test_who_writes_agreements_sets_the_tier(app: FastAPI, anna: AsyncClient) -> None:
    async with client(app, "theo", roles=["tom"]) as theo:
        text = "key,name,tier\nnorthwind,Northwind,gold\n"
        assert _counts(await send(theo, "customers", text)) == {"created": 1}
    assert _counts(await send(anna, "customers", text)) == {"unchanged": 1}
    other = await send(anna, "customers", text.replace("gold", "silver"))
    assert _counts(other) == {"refused": 1}


@pytest.mark.parametrize(("kind", "text", "problems"), TROUBLE)
async def test_a_line_that_cannot_be_stored_says_why(
    anna: AsyncClient, kind: str, text: str, problems: Sequence[str]
) -> None:
    items = (await send(anna, kind, text)).json()["items"]
    assert len(items) == len(problems)
    for item, expected in zip(items, problems, strict=True):
        assert item["outcome"] == ("refused" if expected else "created"), item
        assert any(one.startswith(expected) for one in item["problems"] or [""]), item


async def test_what_was_ended_is_not_brought_back(anna: AsyncClient, omar: AsyncClient) -> None:
    path = "/v1/customers/brightwater/end"
    assert (await anna.post(path, json={"reason": "Over"})).status_code == 200
    assert (await omar.post(f"{path}/confirm")).status_code == 200
    again = await send(anna, "customers", "key,name\nbrightwater,Brightwater again\n")
    assert _counts(again) == {"refused": 1}
    theirs = "key,customer,tier,name\nbrightwater-2,brightwater,test,Two\n"
    assert _counts(await send(anna, "environments", theirs)) == {"refused": 1}


async def test_only_a_csv_file_and_only_who_keeps_the_directory(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    assert (await send(jan, "customers", "key\n")).status_code == 403
    assert (await send(anna, "contacts", "key\n")).status_code == 422
    assert (await send(anna, "staff", "name\nx\n")).json()["errors"][0]["code"] == "not_readable"
    answer = await anna.post("/v1/imports/directory", params={"kind": "staff"}, json={})
    assert answer.status_code == 415


@given(st.binary(max_size=300), st.sampled_from(sorted(COLUMNS)))
def test_any_bytes_are_read_or_refused(data: bytes, kind: DirectoryKind) -> None:
    for given_bytes in (data, COLUMNS[kind][0].encode() + b",name\n" + data):
        try:
            rows = read(given_bytes, kind).rows
        except NotReadable:
            continue
        assert all(set(row.values) <= set(COLUMNS[kind]) for row in rows)
