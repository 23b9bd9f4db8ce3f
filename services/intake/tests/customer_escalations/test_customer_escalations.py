"""A customer escalates a ticket: a named person answers within a set time."""

from datetime import UTC, datetime, timedelta

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_the_customer_sees_by_when_and_who_answers(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    asked = await act(jan, key, "escalate", reason="Three days and no word")
    assert asked.status_code == 201, asked.text
    assert (asked.json()["due_at"], asked.json()["owner"]) == ("2030-01-07T10:00:00Z", None)
    taken = await act(omar, key, "escalation/take")
    assert taken.json()["owner"] == "omar"
    await freeze_time(database, NINE + HOUR)
    answered = await act(omar, key, "escalation/answer", text="I call you at ten")
    assert answered.status_code == 200, answered.text
    (shown,) = (await jan.get(f"/v1/tickets/{key}/escalations")).json()["items"]
    assert (shown["owner"], shown["answered_by"], shown["overdue"]) == ("omar", "omar", False)
    items = (await jan.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert [one["text"] for one in items] == ["Three days and no word", "I call you at ten"]
    assert [one["id"] for one in items] == [shown["message_id"], shown["answer_id"]]
    assert (await event_types(database))[1:] == [
        "customer_replied",
        "escalated_by_customer",
        "customer_escalation_taken",
        "replied",
        "customer_escalation_answered",
    ]
    published = (await outbox_events(database))[-1].body
    assert (published["in_time"], published["by"], published["owner"]) == (True, "omar", "omar")


async def test_the_assignee_owns_it_and_a_second_late_is_overdue(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="sven")
    assert (await act(jan, key, "escalate", reason="Now")).json()["owner"] == "sven"
    await freeze_time(database, NINE + HOUR + timedelta(seconds=1))
    (shown,) = (await jan.get(f"/v1/tickets/{key}/escalations")).json()["items"]
    assert shown["overdue"] is True
    late = (await act(anna, key, "escalation/answer", text="Sorry")).json()
    assert (late["owner"], late["answered_by"], late["overdue"]) == ("sven", "anna", True)
    assert (await outbox_events(database))[-1].body["in_time"] is False


async def test_one_at_a_time_and_none_on_what_is_closed(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    assert (await act(jan, key, "escalate", reason="Now")).status_code == 201
    again = await act(jan, key, "escalate", reason="Now!")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_ESCALATED")
    assert "2030-01-07 10:00 UTC" in again.json()["detail"]
    await act(anna, key, "escalation/answer", text="We are on it")
    nothing = await act(anna, key, "escalation/answer", text="Twice")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "NOT_ESCALATED")
    assert (await act(anna, key, "escalation/take")).json()["code"] == "NOT_ESCALATED"
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).status_code == 200
    closed = await act(jan, key, "escalate", reason="Now")
    assert (closed.status_code, closed.json()["code"]) == (409, "WRONG_STATE")


async def test_it_opens_what_was_resolved(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "resolve", resolution="Restarted")
    assert (await act(jan, key, "escalate", reason="It is not")).status_code == 201
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "reopened"


async def test_only_customers_escalate_and_only_staff_answers(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    assert (await act(anna, key, "escalate", reason="Now")).status_code == 403
    assert (await act(jan, key, "escalate", reason="Now")).status_code == 201
    assert (await act(jan, key, "escalation/take")).status_code == 403
    assert (await act(jan, key, "escalation/answer", text="Mine")).status_code == 403


async def test_an_answer_is_checked_as_a_reply_is(
    anna: AsyncClient, jan: AsyncClient, omar: AsyncClient
) -> None:
    """R11"""
    key = await open_ticket(anna)
    await act(jan, key, "escalate", reason="Nobody answers")
    refused = await act(omar, key, "escalation/answer", text="Dear {{name}}, we are on it.")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:opsdesk:error:message-check")
    answered = await act(omar, key, "escalation/answer", text="We are on it.")
    assert "message-findings" in answered.headers
