"""Notices of outages: proposed, sent on somebody's word, and one for all that a ticket reports (R11)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.events.outages import OutageCorrected, OutageEnded, OutageStarted
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake.outgoing.sender import OutgoingMailSender
from intake_support.notices import NINE, OUTAGE, list_notices, list_waiting_kinds
from intake_support.outgoing import send_all
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver


async def test_an_outage_is_proposed_and_goes_out_on_somebodys_word(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    await send_all(sender)
    assert await list_notices(anna) == [("OUT-7", "started", "proposed")]
    assert mailbox.messages == []
    assert (await anna.post("/v1/notices/NTC-1/send")).json()["decided_by"] == "anna"
    assert (await anna.post("/v1/notices/NTC-1/send")).json()["code"] == "NOT_PROPOSED"
    await send_all(sender)
    over = OutageEnded(ended_at=NINE + timedelta(hours=1), **OUTAGE)
    await deliver(database, HANDLERS, (over, 2))
    await send_all(sender)
    started, restored = mailbox.messages
    assert started["Subject"] == "[OUT-7] Disruption of acme-prod"
    assert restored["Subject"] == "[OUT-7] acme-prod works again"
    assert restored["In-Reply-To"] == started["Message-ID"]


async def test_what_was_over_before_anybody_sent_it_is_told_to_nobody(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    over = OutageEnded(ended_at=NINE + timedelta(minutes=1), **OUTAGE)
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1), (over, 2))
    await send_all(sender)
    assert await list_notices(anna) == [("OUT-7", "started", "dismissed")]
    assert mailbox.messages == []


async def test_a_dismissed_outage_is_followed_by_nothing(
    anna: AsyncClient, omar: AsyncClient, database: Database, sender: OutgoingMailSender
) -> None:
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    await anna.post("/v1/notices/NTC-1/dismiss")
    done = (await omar.post("/v1/notices/NTC-1/dismiss")).json()
    assert (done["state"], done["dismissal_asked_by"], done["decided_by"]) == (
        "dismissed",
        "anna",
        "omar",
    )
    none = OutageCorrected(
        ended_at=None, requested_by="anna", confirmed_by="omar", **OUTAGE | {"counts": False}
    )
    await deliver(database, HANDLERS, (none, 2))
    assert await send_all(sender) == 0
    assert await list_notices(anna) == [("OUT-7", "started", "dismissed")]


async def test_one_person_alone_keeps_no_outage_from_its_customers(
    anna: AsyncClient,
    omar: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """R1: it waits for a second person, who may send it as well"""
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    for _ in range(2):
        asked = (await anna.post("/v1/notices/NTC-1/dismiss")).json()
        assert (asked["state"], asked["dismissal_asked_by"], asked["decided_by"]) == (
            "proposed",
            "anna",
            None,
        )
    (waits,) = await list_waiting_kinds(omar)
    assert waits == "confirm_dismissal"
    assert await list_waiting_kinds(anna) == []
    assert (await omar.post("/v1/notices/NTC-1/send")).json()["state"] == "due"
    late = await omar.post("/v1/notices/NTC-1/dismiss")
    assert (late.status_code, late.json()["code"]) == (409, "NOT_PROPOSED")
    await send_all(sender)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("by", ["NULL", "'anna'"])
async def test_the_database_refuses_one_person_too(
    anna: AsyncClient, database: Database, by: str
) -> None:
    """R1"""
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **OUTAGE), 1))
    await anna.post("/v1/notices/NTC-1/dismiss")
    statement = text(f"UPDATE notices SET state = 'dismissed', decided_by = {by}")
    with pytest.raises(IntegrityError, match="ck_notices_dismissal_four_eyes"):
        async with database.transaction() as tx:
            await tx.execute(statement)


async def test_a_storm_of_one_ticket_is_one_notice_from_the_first_outage_to_the_last(
    anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """R11: and an outbreak after its end is another one"""
    ticket = OUTAGE | {"ticket_id": UUID(int=0x71C)}

    def of(number: int, others: int) -> dict[str, Any]:
        own = {"outage_id": UUID(int=0x500 + number), "outage": f"OUT-{number}"}
        return ticket | own | {"others_open": others, "others_open_of_ticket": others}

    over = NINE + timedelta(hours=1)
    for number in range(3):
        start = OutageStarted(ended_at=None, **of(number, number))
        await deliver(database, HANDLERS, (start, 1))
    assert await list_notices(anna) == [("OUT-0", "started", "proposed")]
    await anna.post("/v1/notices/NTC-1/send")
    await send_all(sender)
    for number in range(3):
        await deliver(database, HANDLERS, (OutageEnded(ended_at=over, **of(number, 2 - number)), 2))
    again = OutageStarted(ended_at=None, **of(9, 0))
    await deliver(database, HANDLERS, (again, 1))
    await send_all(sender)
    assert [str(one["Subject"]) for one in mailbox.messages] == [
        "[OUT-0] Disruption of acme-prod",
        "[OUT-0] acme-prod works again",
    ]
    assert (await list_notices(anna))[-1] == ("OUT-9", "started", "proposed")


async def test_what_goes_down_while_it_is_slow_is_told(
    anna: AsyncClient, database: Database
) -> None:
    """Nobody was told that it is slow, so the other outage of the ticket hides nothing."""
    ticket = OUTAGE | {"ticket_id": UUID(int=0x71C), "others_open": 1, "others_open_of_ticket": 1}
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **ticket), 1))
    assert await list_notices(anna) == [("OUT-7", "started", "proposed")]


async def test_customers_hear_nothing_of_what_is_not_production_or_only_degraded(
    anna: AsyncClient, database: Database
) -> None:
    staging = OutageStarted(ended_at=None, **OUTAGE | {"environment": "acme-staging"})
    slow = OutageStarted(
        ended_at=None, **OUTAGE | {"effect": "degraded", "outage_id": UUID(int=0x3A9)}
    )
    await deliver(database, HANDLERS, (staging, 1), (slow, 1))
    assert await list_notices(anna) == []


async def test_an_outage_of_a_service_concerns_those_who_bought_it(
    anna: AsyncClient, database: Database
) -> None:
    nowhere = OUTAGE | {"customer": None, "environment": None}
    await deliver(database, HANDLERS, (OutageStarted(ended_at=None, **nowhere), 1))
    items = (await anna.get("/v1/notices")).json()["items"]
    assert [(one["customer"], one["service"]) for one in items] == [("acme", "billing")]
