"""What was held back is shown and becomes a ticket in one step (I2); files and raw mails can be fetched (I3)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.retention import delete_old
from intake.retentions import RETENTIONS
from intake.settings import IntakeSettings
from intake_support.tickets import event_types
from opsdesk_testing.client import client, settings_for
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MEDIA: Final = {"Content-Type": "message/rfc822"}
HELD = (
    b"From: Jan Bakker <jan@acme.example>\nSubject: Order 17\nMessage-ID: <h@acme.example>\n"
    b"Auto-Submitted: auto-generated\n\nThe import of orders stopped.\n" + b"x" * 3_000
)
WITH_FILES = """From: jan@acme.example
Subject: Files
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

See the files.
--b
Content-Type: text/html; charset=utf-8
Content-Disposition: attachment; filename="Übersicht \\"1\\".html"

<script>alert(1)</script>
--b
Content-Type: application/pdf; name=scan.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--b--
""".encode()


async def post(gateway: AsyncClient, raw: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.post("/v1/emails", content=raw, headers=MEDIA)).json()
    return answer


async def audit_actions(database: Database, like: str) -> list[tuple[str, str]]:
    async with database.transaction() as tx:
        query = text("SELECT who, action FROM audit WHERE action LIKE :like ORDER BY position")
        return [tuple(row) for row in await tx.execute(query, {"like": like})]


@pytest.fixture
async def held(gateway: AsyncClient) -> str:
    answer = await post(gateway, HELD)
    assert answer["outcome"] == "ignored"
    return str(answer["id"])


async def test_what_was_held_back_is_shown_and_counted(anna: AsyncClient, held: str) -> None:
    (shown,) = (await anna.get("/v1/emails")).json()["items"]
    expected = ("jan@acme.example", "Jan Bakker", "Order 17", "auto-submitted")
    assert tuple(shown[name] for name in ("sender", "sender_name", "subject", "reason")) == expected
    assert shown["text"].startswith("The import of orders stopped.")
    assert len(shown["text"]) == 2_000
    whole = (await anna.get(f"/v1/emails/{held}")).json()
    assert len(whole["text"]) > 3_000
    assert (shown["raw_deleted_at"], whole["raw_deleted_at"]) == (None, None)
    counts = (await anna.get("/v1/emails/held-back-counts")).json()
    assert counts == {"items": [{"reason": "auto-submitted", "count": 1}]}


async def test_a_mail_is_shown_and_set_aside_without_its_bytes_being_read(
    anna: AsyncClient, held: str, statements: list[str]
) -> None:
    """They are up to 25 MiB, and not used."""
    statements.clear()
    assert (await anna.get(f"/v1/emails/{held}")).status_code == 200
    assert (await anna.post(f"/v1/emails/{held}/set-aside")).status_code == 200
    read = [one for one in statements if "FROM mails" in one]
    assert len(read) == 2
    assert not any(re.search(r"mails\.raw\b", one) for one in read)


async def test_what_was_held_back_becomes_a_ticket_once(
    anna: AsyncClient, held: str, database: Database
) -> None:
    opened = await anna.post(f"/v1/emails/{held}/open-ticket")
    assert (opened.status_code, opened.json()["outcome"]) == (201, "opened")
    key = opened.json()["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (ticket["customer"], ticket["title"]) == ("acme", "Order 17")
    (message,) = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert message["text"].startswith("The import of orders stopped.")
    again = await anna.post(f"/v1/emails/{held}/open-ticket")
    assert (again.status_code, again.json()["ticket"]["key"]) == (200, key)
    assert (await anna.get("/v1/emails")).json()["items"] == []
    assert await event_types(database) == ["opened"]
    assert await audit_actions(database, "mail.%") == [("anna", "mail.open_ticket")]


async def test_mails_are_for_staff(jan: AsyncClient, gateway: AsyncClient, held: str) -> None:
    for path in ("", "/held-back-counts", f"/{held}", f"/{held}/raw"):
        assert (await jan.get(f"/v1/emails{path}")).status_code == 403
        assert (await gateway.get(f"/v1/emails{path}")).status_code == 403
    assert (await jan.post(f"/v1/emails/{held}/open-ticket")).status_code == 403


async def test_a_mail_is_fetched_as_it_came_and_that_is_recorded(
    anna: AsyncClient, held: str, database: Database
) -> None:
    answer = await anna.get(f"/v1/emails/{held}/raw")
    assert (answer.status_code, answer.content) == (200, HELD)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert await audit_actions(database, "mail.%") == [("anna", "mail.download")]


async def test_what_is_not_there_is_not_found(anna: AsyncClient, held: str) -> None:
    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    for path in (f"/{unknown}", f"/{unknown}/raw"):
        assert (await anna.get(f"/v1/emails{path}")).status_code == 404
    assert (await anna.post(f"/v1/emails/{unknown}/open-ticket")).status_code == 404


async def files_of(who: AsyncClient, key: str) -> list[tuple[str, dict[str, Any]]]:
    """Address and description of each attachment of the ticket."""
    messages = (await who.get(f"/v1/tickets/{key}/messages")).json()["items"]
    return [
        (f"/v1/tickets/{key}/messages/{message['id']}/attachments/{file['number']}", file)
        for message in messages
        for file in message["attachments"]
    ]


async def test_files_are_fetched_by_staff_and_by_the_ticket_s_customer(
    gateway: AsyncClient,
    anna: AsyncClient,
    jan: AsyncClient,
    britta: AsyncClient,
    database: Database,
) -> None:
    key = (await post(gateway, WITH_FILES))["ticket"]["key"]
    (page_path, page), (pdf_path, pdf) = await files_of(jan, key)
    assert (page["name"], pdf["name"], pdf["size"]) == ('Übersicht "1".html', "scan.pdf", 5)
    for who in (anna, jan):
        assert (await who.get(pdf_path)).content == b"%PDF-"
    shown = await jan.get(page_path)
    assert shown.content == b"<script>alert(1)</script>"
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    name = "attachment; filename*=utf-8''%C3%9Cbersicht%20%221%22.html"
    assert shown.headers["content-disposition"] == name
    assert (await britta.get(pdf_path)).status_code == 404
    assert (await gateway.get(pdf_path)).status_code == 403
    assert (await anna.get(f"{pdf_path}9")).status_code == 404
    who_fetched = [who for who, _ in await audit_actions(database, "ticket.download_attachment")]
    assert [who == "anna" for who in who_fetched] == [True, False, False]


async def test_a_message_belongs_to_its_ticket(
    gateway: AsyncClient, jan: AsyncClient, anna: AsyncClient
) -> None:
    """A file is not fetched by way of another ticket."""
    foreign = WITH_FILES.replace(b"jan@acme.example", b"eve@brightwater.example")
    own = (await post(gateway, WITH_FILES))["ticket"]["key"]
    other = (await post(gateway, foreign))["ticket"]["key"]
    path = (await files_of(anna, other))[0][0].replace(other, own)
    assert (await jan.get(path)).status_code == 404


async def test_once_a_mail_is_deleted_as_too_old_nobody_gets_its_words(
    gateway: AsyncClient, anna: AsyncClient, held: str, database: Database
) -> None:
    key = (await post(gateway, WITH_FILES))["ticket"]["key"]
    (path, _), _ = await files_of(anna, key)
    await freeze_time(database, NINE + timedelta(days=401))
    settings = settings_for(IntakeSettings, database.url)
    for retention in RETENTIONS:
        async with database.transaction() as tx:
            await delete_old(tx, retention, settings)
    assert (await anna.get(path)).status_code == 404
    raw = await anna.get(f"/v1/emails/{held}/raw")
    assert (raw.status_code, "too old" in raw.json()["detail"]) == (404, True)
    assert (await anna.post(f"/v1/emails/{held}/open-ticket")).status_code == 404
    shown = (await anna.get(f"/v1/emails/{held}")).json()
    assert [shown[name] for name in ("sender", "sender_name", "subject", "text")] == [None] * 4
    assert shown["raw_deleted_at"] is not None
    assert shown["raw_deleted_why"] == "too_old"


async def test_a_mail_that_was_erased_with_its_contact_says_so(
    app: FastAPI, anna: AsyncClient, held: str
) -> None:
    """R16: nobody looks for it in a backup, and the person can be told what became of it."""
    (jan, *_) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    erasure = f"/v1/contacts/{jan['id']}/erasure"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        assert (await theo.post(erasure, json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{erasure}/confirm")).status_code == 200
    shown = (await anna.get(f"/v1/emails/{held}")).json()
    assert (shown["text"], shown["raw_deleted_why"]) == (None, "erased")
    for answer in (
        await anna.get(f"/v1/emails/{held}/raw"),
        await anna.post(f"/v1/emails/{held}/open-ticket"),
    ):
        assert (answer.status_code, "was erased" in answer.json()["detail"]) == (404, True)


async def test_what_is_folded_of_an_answer_can_be_unfolded(
    gateway: AsyncClient, anna: AsyncClient
) -> None:
    first = b"From: jan@acme.example\nMessage-ID: <1@acme.example>\n\nIt is down.\n"
    answer = b"From: jan@acme.example\nIn-Reply-To: <1@acme.example>\n\n4.2\n\nOn Mon 7, Anna wrote:\n> Which?\n"
    key = (await post(gateway, first))["ticket"]["key"]
    assert (await post(gateway, answer))["outcome"] == "joined"
    messages = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert [(one["text"], one["history"]) for one in messages] == [
        ("It is down.", None),
        ("4.2", "On Mon 7, Anna wrote:\n> Which?"),
    ]
    opened = answer.replace(b"1@acme", b"2@acme")
    key = (await post(gateway, opened))["ticket"]["key"]
    (message,) = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert message["text"].endswith("> Which?")
