"""Two programs that answer each other: thousands of mails of one thread, while others work."""

import asyncio
import time
from collections import Counter

import asyncpg
import httpx
import pytest

from tests.faults.conftest import FaultSite

SHORT_MAILS, LONG_MAILS, CONNECTIONS = 40, 10_000, 4
RATE = 20
"""What the others do meanwhile, requests a second."""
SHORT_S, LONG_S = 4.0, 90.0
MAIL = """\
From: Absent <absent@{loop}.example>
To: support@opsdesk.example
Subject: Re: I am away, {loop}
Message-ID: <{number}@{loop}.example>
In-Reply-To: <0@{loop}.example>
References: <0@{loop}.example>
Date: Mon, 02 Mar 2026 09:00:00 +0000
Content-Type: text/plain; charset=utf-8

I am away until Monday ({number}).
"""


async def test_a_short_loop_of_mails_makes_one_ticket_and_stops_nobody(one: FaultSite) -> None:
    await looped(one, "short", SHORT_MAILS, SHORT_S)


@pytest.mark.long
async def test_a_loop_of_mails_makes_one_ticket_and_stops_nobody(one: FaultSite) -> None:
    await looped(one, "long", LONG_MAILS, LONG_S)


async def looped(one: FaultSite, loop: str, mails: int, seconds: float) -> None:
    """So many mails in one thread, each sent once; others work in the first seconds of it."""
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    load = asyncio.create_task(one.load(RATE, seconds).run())
    await send_loop(one, loop, mails, outcomes)
    took = time.monotonic() - began
    responses = await load
    assert await one.check_history(f"a loop of {mails} mails", responses) == []
    one.say(f"   {mails / took:.0f} mails a second")
    assert outcomes == {"opened": 1, "joined": mails - 1}
    assert not [one for one in responses.failures if one[0] == "5"], responses.failures
    connection = await asyncpg.connect(one.site.admin_url)
    stored = await connection.fetchrow(
        "SELECT count(*), count(DISTINCT ticket_id), count(*) FILTER (WHERE outcome = 'received')"
        " FROM intake.mails WHERE message_id LIKE $1",
        f"%@{loop}.example%",
    )
    await connection.close()
    assert stored is not None
    assert tuple(stored) == (mails, 1, 0)


async def send_loop(one: FaultSite, loop: str, mails: int, outcomes: "Counter[str]") -> None:
    """The first mail, then all others over a few connections. Raises where one has no answer."""
    headers = {
        "Authorization": f"Bearer {one.site.machine_token('gateway', 'emails:write')}",
        "Content-Type": "message/rfc822",
    }
    numbers = iter(range(mails))
    async with httpx.AsyncClient(
        base_url=one.site.desk.services["intake"].url, headers=headers, timeout=60
    ) as client:
        outcomes[await send(client, loop, next(numbers))] += 1

        async def send_more() -> None:
            for number in numbers:
                outcomes[await send(client, loop, number)] += 1

        async with asyncio.TaskGroup() as senders:
            for _ in range(CONNECTIONS):
                senders.create_task(send_more())


async def send(client: httpx.AsyncClient, loop: str, number: int) -> str:
    answer = await client.post("/v1/emails", content=MAIL.format(loop=loop, number=number).encode())
    answer.raise_for_status()
    return str(answer.json()["outcome"])
