"""What waits for a second person is announced after a time, whichever noun it is of (R1)."""

from datetime import timedelta
from typing import Final, get_args

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.second_eyes.commands import BATCH_SIZE, escalated_here, look
from intake.tickets.domain.second_eyes import PATIENCE, EscalatedKind
from intake.waiting import SOURCES
from intake_support.alerts import NINE
from intake_support.second_person import SCENARIOS
from intake_support.tickets import OVER, act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.protocol import freeze_time, outbox_events

SECOND: Final = timedelta(seconds=1)
HERE: Final = escalated_here(SOURCES)
DAYS_BEFORE: Final = {"recertify_access": timedelta(days=90)}
"""What begins to wait only after this time."""
OPERATION_OF: Final = {
    one.kind: next(name for name in one.operations if name in SCENARIOS) for one in HERE
}


async def _announced(database: Database) -> list[tuple[str, str]]:
    """The last word of the type and the kind of each event about second eyes that are not a ticket's."""
    return [
        (one.type.split(".")[2], one.body["waits_for"])
        for one in await outbox_events(database)
        if one.type.startswith("opsdesk.second_eyes.")
    ]


def test_all_that_waits_for_another_person_is_told_once() -> None:
    escalated = {*get_args(EscalatedKind), "confirm_blocker", "confirm_contact"}
    waits = {one.kind for one in SOURCES if one.not_by != "NULL" and one.audience == "staff"}
    assert OPERATION_OF.keys() == waits - escalated
    assert escalated <= waits
    assert {
        "check_fix",
        "publish_article",
        "confirm_erasure",
        "confirm_person",
    } < OPERATION_OF.keys()


def test_all_of_it_says_when_it_is_escalated() -> None:
    assert [one.kind for one in SOURCES if one.not_by != "NULL" and one.due_at == "NULL"] == [
        "decide_change",
        "confirm_contact",
    ], "the one waits for the customer, the other hides nothing"


@pytest.mark.parametrize("kind", OPERATION_OF)
async def test_it_is_announced_once_and_ends_with_the_second_person(
    app: FastAPI, anna: AsyncClient, database: Database, kind: str
) -> None:
    asked = await SCENARIOS[OPERATION_OF[kind]](anna)
    if kind == "confirm_dismissal":  # asked for by the same request as it is confirmed
        async with client(app, asked.first) as first:
            waits = await first.request(asked.method, asked.path, json=asked.body)
        assert waits.is_success, waits.text
    begins = NINE + DAYS_BEFORE.get(kind, timedelta())
    await freeze_time(database, begins + PATIENCE - SECOND)
    await look(database, HERE)
    assert ("overdue", kind) not in await _announced(database)
    await freeze_time(database, begins + PATIENCE + SECOND)
    for _ in range(2):
        await look(database, HERE)
    assert (await _announced(database)).count(("overdue", kind)) == 1
    async with client(app, asked.second) as second:
        done = await second.request(asked.method, asked.path, json=asked.body)
    assert done.is_success, done.text
    for _ in range(2):
        await look(database, HERE)
    assert (await _announced(database)).count(("given", kind)) == 1


async def test_what_waits_once_more_is_announced_once_more(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """A fix is checked on an open ticket: while that is merged nobody is asked for it"""
    key, into = [await open_ticket(anna) for _ in range(2)]
    await act(anna, key, "forward", **OVER)
    await act(anna, key, "hand-back", found="A patch", fixed=True)
    await freeze_time(database, NINE + PATIENCE)
    await look(database, HERE)
    await act(anna, key, "merge", into=into)
    await look(database, HERE)
    await act(anna, key, "unmerge", reason="Two")
    assert (await act(omar, key, "unmerge/confirm", agree=True)).is_success
    await look(database, HERE)
    escalated = [word for word, kind in await _announced(database) if kind == "check_fix"]
    assert escalated == ["overdue", "given", "overdue"]


async def test_a_file_of_contacts_or_staff_pages_nobody(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """The contacts wait in the list of waits; none hides anything until a second person comes."""
    lines = "".join(f"Colleague {n},c{n}@acme.example,acme\n" for n in range(BATCH_SIZE + 1))
    people = "".join(f"person{n},Person {n},p{n}@ours.example,ops\n" for n in range(3))
    for path, file in (
        ("contacts", f"name,address,customer\n{lines}"),
        ("directory?kind=staff", f"sub,name,email,roles\n{people}"),
    ):
        media = {"Content-Type": "text/csv"}
        report = await anna.post(f"/v1/imports/{path}", content=file.encode(), headers=media)
        outcomes = [one["outcome"] for one in report.json()["items"]]
        assert outcomes == ["created"] * len(outcomes), report.text
        assert outcomes
    await freeze_time(database, NINE + PATIENCE + SECOND)
    assert not await look(database, HERE)
    assert await _announced(database) == []
    waiting = (await omar.get("/v1/waiting-for-me?limit=1")).json()["counts"]
    assert waiting["confirm_contact"] > BATCH_SIZE


async def test_one_look_is_bounded(anna: AsyncClient, database: Database) -> None:
    for number in range(BATCH_SIZE + 1):
        article = {"title": f"Article {number}", "body": "Restart it.", "language": "en"}
        assert (await anna.post("/v1/articles", json=article)).status_code == 201
    await freeze_time(database, NINE + PATIENCE)
    assert await look(database, HERE)
    assert len(await _announced(database)) == BATCH_SIZE
    assert not await look(database, HERE)
    announced = await _announced(database)
    assert announced.count(("overdue", "publish_article")) == BATCH_SIZE + 1
