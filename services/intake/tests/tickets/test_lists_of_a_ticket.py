"""What is listed of one ticket goes on after a page, however much it is."""

from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake_support.tickets import act, open_ticket

ROWS = {
    "feedback": (
        "INSERT INTO ticket_feedback (id, ticket_id, solved, given_by, given_at)"
        " VALUES (:id, :ticket, true, 'contact/x', intake.now())"
    ),
    "investigations": (
        "INSERT INTO investigations (id, ticket_id, started_by, started_at, limit_at, ended_by,"
        " ended_at, cause_found) VALUES (:id, :ticket, 'anna', intake.now(), intake.now(), 'anna',"
        " intake.now(), false)"
    ),
    "escalations": (
        "INSERT INTO customer_escalations (id, ticket_id, message_id, escalated_by, escalated_at,"
        " due_at, answer_id, answered_by, answered_at) VALUES (:id, :ticket, :message, 'contact/x',"
        " intake.now(), intake.now(), :message, 'anna', intake.now())"
    ),
}


@pytest.mark.parametrize("name", sorted(ROWS))
async def test_every_one_is_on_some_page(anna: AsyncClient, database: Database, name: str) -> None:
    """They stopped at 200, without a `next`."""
    key = await open_ticket(anna)
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()["id"]
    message = (await act(anna, key, "replies", text="x", visibility="internal")).json()["id"]
    ids = [str(uuid7()) for _ in range(201)]
    async with database.transaction() as tx:
        for id in ids:
            values = {"id": UUID(id), "ticket": UUID(ticket)}
            if ":message" in ROWS[name]:
                values["message"] = UUID(message)
            await tx.execute(text(ROWS[name]), values)
    counts: list[int] = []
    seen: list[str] = []
    query = {"limit": "200"}
    while True:
        answer = await anna.get(f"/v1/tickets/{key}/{name}", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        counts.append(len(page["items"]))
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert counts == [200, 1]
    oldest_first = name == "investigations"
    assert seen == (ids if oldest_first else ids[::-1])
