"""Another copy of a mail joins its ticket for a day; a device whose clock stands still is no copy."""

from datetime import timedelta
from typing import Final

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.alerts import NINE
from opsdesk_testing.protocol import freeze_time

MEDIA: Final = {"Content-Type": "message/rfc822"}
HEAD: Final = (
    "From: jan@acme.example\r\nMessage-ID: <1@printer.acme.example>\r\n"
    "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nSubject: Alarm\r\n\r\n"
)


async def test_constant_id_and_date_join_no_ticket_of_yesterday(
    gateway: AsyncClient, database: Database
) -> None:
    """I1"""
    keys = []
    for hours, text in (
        (0, "paper is out"),
        (1, "paper is out\r\n-- \r\nlist"),
        (26, "toner is out"),
    ):
        await freeze_time(database, NINE + timedelta(hours=hours))
        answer = await gateway.post("/v1/emails", content=f"{HEAD}{text}\r\n", headers=MEDIA)
        keys.append((answer.json()["outcome"], answer.json()["ticket"]["key"]))
    first, copy, next_day = keys
    assert (first[0], copy) == ("opened", ("joined", first[1]))
    assert next_day[0] == "opened"
    assert next_day[1] != first[1]
