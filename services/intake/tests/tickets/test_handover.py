"""Hand-overs of a ticket and back, and workarounds, on a real database."""

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import DOWN, OVER, event_types
from opsdesk_testing.protocol import outbox_events


async def opened(who: AsyncClient) -> str:
    answer = await who.post("/v1/tickets", json=DOWN)
    assert answer.status_code == 201, answer.text
    return f"/v1/tickets/{answer.json()['key']}"


async def test_a_ticket_is_handed_back_with_what_was_found(
    anna: AsyncClient, database: Database
) -> None:
    """R5"""
    ticket = await opened(anna)
    await anna.post(f"{ticket}/forward", json=OVER)
    back = await anna.post(f"{ticket}/hand-back", json={"found": "the disk is full"})
    assert (back.status_code, back.json()["state"]) == (200, "in_progress")
    assert back.json()["forwarded_to"] is None
    event = (await outbox_events(database))[-1]
    assert (event.type, event.body["handed_back_by"]) == (
        "opsdesk.ticket.handed_back.v1",
        "second_level",
    )
    messages = (await anna.get(f"{ticket}/messages")).json()["items"]
    assert [(one["visibility"], one["text"]) for one in messages] == [
        ("internal", "the disk is full")
    ]


async def test_nobody_hands_back_what_was_not_forwarded(
    anna: AsyncClient, database: Database
) -> None:
    ticket = await opened(anna)
    refused = await anna.post(f"{ticket}/hand-back", json={"found": "nothing"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:opsdesk:error:wrong-state")
    await anna.post(
        f"{ticket}/hold",
        json={"waiting_on": "customer", "reason": "x", "question": "When does it happen?"},
    )
    refused = await anna.post(f"{ticket}/hand-back", json={"found": "nothing"})
    assert refused.json()["type"] == "urn:opsdesk:error:not-forwarded"
    assert "handed_back" not in await event_types(database)


async def test_who_was_waited_on_is_told_when_the_work_goes_on(
    anna: AsyncClient, database: Database
) -> None:
    ticket = await opened(anna)
    await anna.post(f"{ticket}/forward", json=OVER)
    await anna.post(f"{ticket}/hold", json={"waiting_on": "second_level", "reason": "they look"})
    assert (await anna.post(f"{ticket}/resume")).json()["state"] == "forwarded"
    assert (await outbox_events(database))[-1].body["waited_on"] == "second_level"


async def test_a_workaround_is_one_when_the_customer_knows_it(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """C1"""
    ticket = await opened(anna)
    done = await anna.post(f"{ticket}/workaround", json={"text": "Use the old screen."})
    assert (done.status_code, done.json()["state"]) == (200, "new")
    assert await event_types(database) == ["opened", "replied", "workaround_provided"]
    seen = (await jan.get(f"{ticket}/messages")).json()["items"]
    assert [one["text"] for one in seen] == ["Use the old screen."]


async def test_a_ticket_that_is_done_needs_no_workaround(
    anna: AsyncClient, database: Database
) -> None:
    ticket = await opened(anna)
    await anna.post(f"{ticket}/resolve", json={"resolution": "restarted"})
    assert (await anna.post(f"{ticket}/workaround", json={"text": "x"})).status_code == 409
    assert await event_types(database) == ["opened", "resolved"]
