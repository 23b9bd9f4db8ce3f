"""What the mail gateway reported of a mail is shown to staff beside the message, and nobody else's word."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from httpx import AsyncClient

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from intake.settings import IntakeSettings
from intake.tickets.ticket_batcher import TicketBatcher
from opsdesk_testing.client import app_for, client, settings_for

GATEWAY: Final = "mx.ours.example"
MEDIA: Final = {"Content-Type": "message/rfc822"}


def mail(*heads: str) -> bytes:
    return "\r\n".join([*heads, "", "Hello."]).encode()


async def post(gateway: AsyncClient, raw: bytes) -> dict[str, Any]:
    answer = await gateway.post("/v1/emails", content=raw, headers=MEDIA)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def get(who: AsyncClient, path: str) -> dict[str, Any]:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def messages(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    return list((await get(who, f"/v1/tickets/{key}/messages"))["items"])


@pytest.fixture
async def reporting(database: Database, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """A gateway that reports under its name what it has checked."""
    settings = settings_for(IntakeSettings, database.url, mail_gateway_name=GATEWAY)
    app = app_for(SERVICE, database, settings=settings)
    async with client(app, "gateway") as gateway:
        yield gateway
    await runtime_of(app).resource(TicketBatcher).close()


async def test_what_the_gateway_found_stands_beside_the_message_and_the_mail(
    reporting: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    """Staff see SPF, DKIM and DMARC as our gateway reported them; a contact does not."""
    found = f"Authentication-Results: {GATEWAY}; spf=softfail; dkim=pass; dmarc=pass"
    answer = await post(reporting, mail(found, "From: jan@acme.example", "Subject: Down"))
    key = answer["ticket"]["key"]
    expected = {"spf": "softfail", "dkim": "pass", "dmarc": "pass"}
    (message,) = await messages(anna, key)
    assert message["authentication"] == expected
    assert (await get(anna, f"/v1/emails/{message['email']}"))["authentication"] == expected
    (seen,) = await messages(jan, key)
    assert seen["authentication"] is None


async def test_what_nobody_reported_is_not_shown(
    gateway: AsyncClient, reporting: AsyncClient, anna: AsyncClient
) -> None:
    found = f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=acme.example"
    unnamed = await post(gateway, mail(found, "From: jan@acme.example", "Subject: One"))
    foreign = found.replace(GATEWAY, "mx.evil.example")
    named = await post(reporting, mail(foreign, "From: jan@acme.example", "Subject: Two"))
    for answer in (unnamed, named):
        (message,) = await messages(anna, answer["ticket"]["key"])
        assert message["authentication"] is None
        assert (await get(anna, f"/v1/emails/{message['email']}"))["authentication"] is None
