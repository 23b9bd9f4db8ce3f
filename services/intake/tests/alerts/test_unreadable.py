"""Posts that cannot be read: a person sees what they say, and nothing ends in a 500."""

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake_support.alerts import ALERTMANAGER, alert, notes_of, post_of, ticket_of
from intake_support.tickets import event_types

NOTHING_IN_IT = [b"", b" \n", b"{}", b"[]", b"null", b'{"alerts": []}']


async def test_a_post_without_any_alert_is_refused_and_stored(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    for body in NOTHING_IN_IT:
        answer = await monitor.post(ALERTMANAGER, content=body)
        assert answer.status_code == 422, (body, answer.text)
    assert await event_types(database) == []
    listed = (await anna.get("/v1/alert-posts")).json()["items"]
    assert [one["text"].encode() for one in reversed(listed)] == NOTHING_IN_IT
    assert all(one["reason"] for one in listed)


async def test_of_long_posts_a_list_reads_the_beginning(
    monitor: AsyncClient, anna: AsyncClient, statements: list[str]
) -> None:
    """The database cuts them: a page of whole posts could be 3 GiB. Letters of four bytes count as one."""
    body = ("[" + "\U0001f525" * 1_200_000).encode()
    assert (await monitor.post(ALERTMANAGER, content=body)).status_code == 200
    statements.clear()
    (listed,) = (await anna.get("/v1/alert-posts")).json()["items"]
    assert listed["text"] == "[" + "\U0001f525" * 1_999
    shown = (await anna.get(f"/v1/alert-posts/{listed['id']}")).json()
    assert shown["text"] == "[" + "\U0001f525" * 999_999
    read = [one for one in statements if "FROM alert_posts" in one]
    assert len(read) == 2
    assert all("substr(alert_posts.raw" in one and ", alert_posts.raw" not in one for one in read)


UNREADABLE = [
    b"no json",
    b"[" * 100_000,
    b'{"alerts": [1]}',
    b'{"alerts": "many", "summary": "The house burns"}',
    b'{"alerts": [{"status": "firing", "fingerprint": "a\\u0000", "startsAt": "x"}]}',
    b"\xff\xfe",
    b'{"alerts": [], "truncatedAlerts": 3}',
]


@pytest.mark.parametrize("entry", ["nonsense", 7, None, ["x"]])
async def test_one_bad_entry_hides_no_good_ones(
    monitor: AsyncClient, anna: AsyncClient, entry: Any
) -> None:
    """The good one is its customer's, and the bad one is read by a person."""
    answer = await monitor.post(ALERTMANAGER, json=post_of(entry, alert("disk")))
    assert answer.json()["outcome"] == "read", answer.text
    bad, read = answer.json()["alerts"]
    ticket = await ticket_of(anna, read["ticket"])
    assert (ticket["customer"], ticket["priority"]) == ("acme", "critical")
    unread = await ticket_of(anna, bad["ticket"])
    assert (unread["customer"], unread["description"]) == (None, json.dumps(entry))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_marks_of_the_order_of_bytes_are_no_part_of_the_post(
    monitor: AsyncClient, anna: AsyncClient, encoding: str
) -> None:
    body = json.dumps(post_of(alert("Ärger")), ensure_ascii=False)
    answer = await monitor.post(ALERTMANAGER, content=body.encode(encoding))
    assert answer.json()["outcome"] == "read", answer.text
    ticket = await ticket_of(anna, answer.json()["alerts"][0]["ticket"])
    assert ticket["customer"] == "acme"


async def test_what_cannot_be_read_is_a_ticket_with_the_raw_body(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """Of one monitor and address it is one ticket, and all bodies stand on it."""
    answers = [await monitor.post(ALERTMANAGER, content=body) for body in UNREADABLE]
    assert {one.status_code for one in answers} == {200}
    assert {one.json()["outcome"] for one in answers} == {"unreadable"}
    (key,) = {one.json()["alerts"][0]["ticket"] for one in answers}
    ticket = await ticket_of(anna, key)
    assert (ticket["customer"], ticket["description"]) == (None, "no json")
    notes = "\n".join(await notes_of(anna, key))
    assert "The house burns" in notes
    assert "truncatedAlerts" in notes
    async with database.transaction() as tx:
        posts = await tx.execute(text("SELECT raw, outcome FROM alert_posts ORDER BY id"))
        assert [tuple(row) for row in posts] == [(body, "unreadable") for body in UNREADABLE]


async def test_the_same_unknown_body_with_other_numbers_is_the_same_alert(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    path = "/v1/alerts/smoke-signals"
    bodies = [{"event": "fire", "at": 1774746000 + n, "title": "Smoke"} for n in range(5)]
    answers = [(await monitor.post(path, json=body)).json()["alerts"][0] for body in bodies]
    assert [one["effect"] for one in answers] == ["raised", *["duplicate"] * 4]
    ticket = await ticket_of(anna, answers[0]["ticket"])
    assert ticket["title"] == "Unknown alert from smoke-signals: Smoke"
    assert '"event":"fire"' in ticket["description"].replace(" ", "")
    other = await monitor.post(path, content=b"plain text", headers={"content-type": "text/plain"})
    assert other.json()["alerts"][0]["ticket"] == answers[0]["ticket"]


async def test_a_known_body_at_an_unknown_address_is_understood(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    answer = (await monitor.post("/v1/alerts/our-alertmanager", json=post_of(alert()))).json()
    assert answer["outcome"] == "read"
    assert (await ticket_of(anna, answer["alerts"][0]["ticket"]))["customer"] == "acme"
