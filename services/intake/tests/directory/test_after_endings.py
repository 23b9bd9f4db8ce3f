"""Nobody is added to a customer who was ended, and nobody speaks for them any more (R1)."""

import asyncio

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake_support.alerts import all_tickets
from opsdesk_testing.waiting import until

CUSTOMER = "/v1/customers/brightwater"
MAIL = (
    b"From: Eve <eve@brightwater.example>\r\nSubject: Down\r\n"
    b"Message-ID: <left@brightwater.example>\r\n\r\nAgain.\r\n"
)
END = text(
    "UPDATE customers SET end_asked_by = 'anna', end_asked_at = now(), ended_by = 'omar', retired = true"
    " WHERE key = 'brightwater'"
)
WAITS = text(
    "SELECT count(*) > 0 FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("contacts", {"name": "Kim", "address": "kim@brightwater.example"}),
        ("environments", {"key": "brightwater-new", "tier": "test", "name": "New"}),
    ],
)
async def test_nothing_is_added_while_the_end_is_confirmed(
    anna: AsyncClient, database: Database, path: str, body: dict[str, str]
) -> None:
    async with database.transaction() as ending:
        await ending.execute(END)
        adding = asyncio.create_task(anna.post(f"{CUSTOMER}/{path}", json=body))

        async def is_decided() -> bool:
            async with database.transaction() as tx:
                return adding.done() or bool(await tx.scalar(WAITS))

        await until(is_decided)
    refused = await adding
    assert (refused.status_code, refused.json()["code"]) == (409, "ALREADY_ENDED")


async def test_mails_of_a_contact_whose_customer_was_ended_go_to_triage(
    anna: AsyncClient, gateway: AsyncClient, database: Database
) -> None:
    """Also where the contact was not ended with the customer."""
    async with database.transaction() as tx:
        await tx.execute(END)
    headers = {"Content-Type": "message/rfc822"}
    assert (await gateway.post("/v1/emails", content=MAIL, headers=headers)).is_success
    (ticket,) = await all_tickets(anna)
    shown = (await anna.get(f"/v1/tickets/{ticket['key']}")).json()
    assert (shown["customer"], shown["contact_id"]) == (None, None)
    assert shown["reporter"] == "eve@brightwater.example"
