"""Has it been solved? A "no" opens the ticket again, or another one where that is too long ago."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)


async def _closed(anna: AsyncClient, omar: AsyncClient, **more: Any) -> str:
    key = await open_ticket(anna, **more)
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).status_code == 200
    return key


async def _say(who: AsyncClient, key: str, **body: Any) -> Response:
    return await act(who, key, "feedback", **body)


async def test_a_yes_with_a_rating_and_words_leaves_it_closed(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await _closed(anna, omar)
    answer = await _say(jan, key, solved=True, rating=5, comment="Thanks")
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert (shown["consequence"], shown["ticket"], shown["rating"]) == ("none", key, 5)
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "closed"
    items = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert [(one["id"], one["text"]) for one in items] == [(shown["message_id"], "Thanks")]
    published = (await outbox_events(database))[-1]
    assert published.type == "opsdesk.ticket.feedback_given.v1"
    assert (published.body["solved"], published.body["rating"]) == (True, 5)
    assert "Thanks" not in str(published.body)


@pytest.mark.parametrize("comment", [None, "It is back"])
async def test_a_no_opens_it_again(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database, comment: str | None
) -> None:
    key = await _closed(anna, omar)
    await freeze_time(database, NINE + FORTNIGHT)
    shown = (await _say(jan, key, solved=False, rating=1, comment=comment)).json()
    assert (shown["consequence"], shown["ticket"]) == ("reopened", key)
    ticket = (await jan.get(f"/v1/tickets/{key}")).json()
    assert (ticket["state"], ticket["reopenable_until"]) == ("reopened", None)
    assert (await event_types(database))[-3:] == ["feedback_given", "customer_replied", "reopened"]
    reopened = (await outbox_events(database))[-1]
    assert reopened.body["by_customer"] is True


async def test_a_no_after_that_opens_another_ticket_that_is_linked(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await _closed(anna, omar, priority="critical", service="billing")
    await freeze_time(database, NINE + FORTNIGHT + timedelta(seconds=1))
    shown = (await _say(jan, key, solved=False, comment="It is back")).json()
    assert shown["consequence"] == "follow_on"
    new = (await jan.get(f"/v1/tickets/{shown['ticket']}")).json()
    assert (new["state"], new["priority"], new["service"]) == ("new", "critical", "billing")
    assert (new["environment"], new["description"]) == ("acme-prod", "It is back")
    (link,) = (await jan.get(f"/v1/tickets/{new['key']}/links")).json()["items"]
    assert (link["kind"], link["ticket"], link["in_words"]) == ("follows", key, "goes on after")
    assert (await jan.get(f"/v1/tickets/{key}")).json()["state"] == "closed"


async def test_a_reply_after_that_says_where_it_goes_on(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await _closed(anna, omar)
    too_early = await act(jan, key, "follow-on", text="It is back")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "STILL_REOPENABLE")
    await freeze_time(database, NINE + FORTNIGHT + timedelta(seconds=1))
    refused = await act(jan, key, "replies", text="It is back")
    assert (refused.status_code, refused.json()["code"]) == (409, "REOPENING_EXPIRED")
    assert f"/v1/tickets/{key}/follow-on" in refused.json()["detail"]
    opened = await act(jan, key, "follow-on", text="It is back")
    assert opened.status_code == 201, opened.text
    assert opened.headers["location"] == f"/v1/tickets/{opened.json()['key']}"
    staff = await act(anna, key, "reopen", reason="We were wrong")
    assert staff.json()["state"] == "reopened"


async def test_a_blocker_that_goes_on_waits_for_first_level_again(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R5: a customer's word alone permits no emergency change"""
    key = await _closed(anna, omar, priority="blocker")
    await freeze_time(database, NINE + FORTNIGHT + timedelta(seconds=1))
    assert (await _say(jan, key, solved=False)).status_code == 201
    raised = [one for one in await outbox_events(database) if "blocker_raised" in one.type]
    assert raised[-1].body["confirmed"] is False


async def test_what_is_not_resolved_or_not_theirs_is_refused(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    """R4: also a reply to a closed ticket of another customer"""
    key, closed = await open_ticket(anna), await _closed(anna, omar)
    open_yet = await _say(jan, key, solved=True)
    assert (open_yet.status_code, open_yet.json()["code"]) == (409, "NOT_RESOLVED")
    for step, body in (
        ("feedback", {"solved": False}),
        ("replies", {"text": "Mine"}),
        ("follow-on", {"text": "Mine"}),
        ("escalate", {"reason": "Mine"}),
    ):
        assert (await act(britta, closed, step, **body)).status_code == 404, step
    assert (await britta.get(f"/v1/tickets/{closed}/feedback")).status_code == 404
    assert (await _say(anna, closed, solved=True)).status_code == 403
    assert (await _say(jan, closed)).status_code == 422
    for rating in (0, 6):
        assert (await _say(jan, closed, solved=True, rating=rating)).status_code == 422
    assert (await anna.get(f"/v1/tickets/{closed}")).json()["state"] == "closed"
