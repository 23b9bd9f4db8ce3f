"""Whatever the gateway posts is answered, stored, and in front of a person: on a ticket, or held back with its reason."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from httpx import AsyncClient
from hypothesis import given, settings
from sqlalchemy import text

from common.persistence.database import Database
from intake.mail.domain.mail import fingerprint
from intake_support.broken_mails import CORPUS, broken_mails, mail

pytestmark = pytest.mark.thorough

MEDIA: Final = {"Content-Type": "message/rfc822"}
ACCEPTED: Final = {200, 201, 202}
"""It came before; it is on a ticket; it is held back."""
EXAMPLES: Final = 100
BALANCE: Final = """
SELECT count(*) AS stored,
       count(*) FILTER (WHERE on_ticket) AS on_tickets,
       count(*) FILTER (WHERE outcome = 'ignored' AND reason IS NOT NULL AND text IS NOT NULL
                          AND NOT on_ticket) AS held_back
FROM (SELECT mails.*, outcome IN ('opened', 'joined', 'unreadable') AND EXISTS (
          SELECT FROM messages JOIN tickets ON tickets.id = messages.ticket_id
          WHERE messages.mail_id = mails.id AND tickets.id = mails.ticket_id) AS on_ticket
      FROM mails) AS accounts
"""


async def post(gateway: AsyncClient, raw: bytes) -> dict[str, Any]:
    answer = await gateway.post("/v1/emails", content=raw, headers=MEDIA)
    assert answer.status_code in ACCEPTED, answer.text
    return dict(answer.json())


async def check_found(gateway: AsyncClient, anna: AsyncClient, raw: bytes) -> None:
    """Post a mail and find it again, as it came and where a person looks."""
    result = await post(gateway, raw)
    stored = await anna.get(f"/v1/emails/{result['id']}/raw")
    # What programs on the way add, as an mbox line, is no part of a mail: then the first copy is there.
    assert stored.content == raw or fingerprint(stored.content) == fingerprint(raw)
    if result["ticket"] is None:
        assert result["outcome"] in ("ignored", "duplicate")
        read = (await anna.get(f"/v1/emails/{result['id']}")).json()
        assert read["reason"]
        return
    path = f"/v1/tickets/{result['ticket']['key']}"
    assert (await anna.get(path)).status_code == 200
    shown = (await anna.get(f"{path}/messages", params={"limit": 200})).json()["items"]
    assert result["id"] in {one["email"] for one in shown}


async def check_balance(database: Database) -> int:
    """Raw mails = those on tickets + those held back with their reason. How many there are."""
    async with database.transaction() as tx:
        row = (await tx.execute(text(BALANCE))).one()
    assert row.stored == row.on_tickets + row.held_back
    return int(row.stored)


async def test_the_whole_corpus_twice_and_the_account_balances(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """Sent again, a mail counts once; the words of none of them stand in the way of another."""
    for raw in CORPUS.values():
        await check_found(gateway, anna, raw)
    first = [await post(gateway, raw) for raw in CORPUS.values()]
    again = [await post(gateway, raw) for raw in CORPUS.values()]
    assert [one["id"] for one in again] == [one["id"] for one in first]
    assert {one["outcome"] for one in again} <= {"duplicate", "ignored"}
    assert await check_balance(database) == len(CORPUS)
    held_back = (await anna.get("/v1/emails", params={"limit": 200})).json()["items"]
    assert {one["id"] for one in held_back} == {one["id"] for one in first if one["ticket"] is None}


async def test_many_at_once_and_the_account_balances(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """A thread whose mails all come in the same moment, each of them twice, is one ticket."""
    first = mail("t0")
    answers = [
        mail(f"t{n}", b"In-Reply-To: <t0@acme.example>\r\n\r\nWord %d" % n) for n in range(1, 9)
    ]
    results = await asyncio.gather(*(post(gateway, raw) for raw in [first, *answers] * 2))
    assert len({one["ticket"]["key"] for one in results}) == 1
    assert await check_balance(database) == 9


async def test_however_a_mail_is_broken_it_is_found_again(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """I3: no 500, nothing lost"""

    async def check(raw: bytes) -> None:
        await check_found(gateway, anna, raw)

    await asyncio.to_thread(_try_many, asyncio.get_running_loop(), check)
    assert await check_balance(database) > 1


NUL_IN_HEADERS = [
    b"Message-ID: <\0cr@acme.example>",
    b"In-Reply-To: <\0cr@acme.example>",
    b"References: <a\0@acme.example> <b@acme.example>",
    b"Subject: It is\0 broken",
    b"Subject: =?utf-8?b?SXQgaXMAIGJyb2tlbg==?=",
    b"Reply-To: \0@acme.example",
    b"Content-Type: text/plain; charset=\0; name=a\0b",
    b"Content-Disposition: attachment; filename*=utf-8''a%00b.txt",
    b"Authentication-Results: mx\0; dmarc=pass header.from=acme.example",
]


@pytest.mark.parametrize("header", NUL_IN_HEADERS)
async def test_a_nul_in_a_header_loses_no_mail(
    gateway: AsyncClient, anna: AsyncClient, database: Database, header: bytes
) -> None:
    """PostgreSQL stores none in a text: the message id of a mail ended in a 500, and it was not stored."""
    await check_found(gateway, anna, b"From: jan@acme.example\n" + header + b"\n\nIt is broken.")
    assert await check_balance(database) == 1


def _try_many(loop: asyncio.AbstractEventLoop, check: Callable[[bytes], Awaitable[None]]) -> None:
    """Check many broken mails from a thread of our own, on the loop that the database belongs to."""

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(broken_mails())
    def run(raw: bytes) -> None:
        asyncio.run_coroutine_threadsafe(_awaited(check(raw)), loop).result()

    run()


async def _awaited(one: Awaitable[None]) -> None:
    await one
