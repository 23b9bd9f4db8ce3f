"""A second request in one conversation becomes a ticket of its own; nothing is lost or gained by it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.protocol import freeze_time, outbox_events

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


async def _write(who: AsyncClient, key: str, text: str, **more: Any) -> str:
    answer = await act(who, key, "replies", text=text, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _split(who: AsyncClient, key: str, *messages: str, **more: Any) -> Response:
    return await act(who, key, "split", title="A second thing", messages=list(messages), **more)


async def _texts(who: AsyncClient, key: str) -> list[tuple[str, str]]:
    items = (await who.get(f"/v1/tickets/{key}/messages")).json()["items"]
    return [(one["author"], one["text"]) for one in items]


async def test_messages_are_on_both_tickets_and_the_new_one_is_what_the_first_is(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna, priority="critical", service="billing")
    await _write(jan, key, "It is down")
    second = await _write(jan, key, "And my password has expired")
    answer = await _split(anna, key, second)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    assert answer.headers["location"] == f"/v1/tickets/{new['key']}"
    source = (await anna.get(f"/v1/tickets/{key}")).json()
    for fact in ("kind", "priority", "customer", "environment", "service", "channel"):
        assert new[fact] == source[fact], fact
    assert new["state"] == "new"
    assert [text for _, text in await _texts(jan, new["key"])] == ["And my password has expired"]
    assert len(await _texts(jan, key)) == 2
    (link,) = (await jan.get(f"/v1/tickets/{new['key']}/links")).json()["items"]
    assert (link["kind"], link["ticket"]) == ("split_from", key)
    stays = await anna.delete(f"/v1/tickets/{key}/links/{link['id']}")
    assert (stays.status_code, stays.json()["code"]) == (409, "LINK_STAYS")


async def test_the_new_ticket_counts_from_the_moment_at_which_the_customer_wrote(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """C2, R1: splitting gives nobody time, and what was answered is answered."""
    key = await open_ticket(anna)
    asked = await _write(jan, key, "Two things")
    await freeze_time(database, NINE + timedelta(hours=1))
    answered = await _write(anna, key, "We look at both")
    again = await _write(jan, key, "Thanks. And the second one?")
    await freeze_time(database, NINE + timedelta(hours=2))
    new = (await _split(anna, key, again, answered, asked)).json()
    assert new["opened_at"] == "2030-01-07T09:00:00Z"
    published = [
        one for one in await outbox_events(database) if one.body.get("ticket") == new["key"]
    ]
    assert [(one.type.split(".")[2], one.body["at"][:16]) for one in published] == [
        ("opened", "2030-01-07T11:00"),
        ("replied", "2030-01-07T10:00"),
        ("customer_replied", "2030-01-07T10:00"),
        ("linked", "2030-01-07T11:00"),
    ]


async def test_the_description_goes_along_where_it_is_asked_for(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(jan, description="The printer, and the mail")
    new = (await _split(anna, key, description=True)).json()
    shown = (await jan.get(f"/v1/tickets/{new['key']}")).json()
    assert shown["description"] == "The printer, and the mail"


async def test_copies_of_our_answers_are_not_mailed_again(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key = await open_ticket(anna)
    ids = [await _write(jan, key, "Two things"), await _write(anna, key, "Yes")]
    new = (await _split(anna, key, *ids)).json()["key"]
    items = (await anna.get(f"/v1/tickets/{new}/messages")).json()["items"]
    assert [(one["mailing"], one["copied_from"]) for one in items] == [(None, id) for id in ids]


async def test_a_split_of_nothing_is_refused(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    note = await _write(anna, key, "They never read", visibility="internal")
    for messages in ([], [note]):
        refused = await _split(anna, key, *messages)
        assert (refused.status_code, refused.json()["code"]) == (409, "NOTHING_TO_SPLIT")
    nothing_written = await _split(anna, key, description=True)
    assert nothing_written.json()["code"] == "NOTHING_TO_SPLIT"
    assert (await event_types(database)).count("opened") == 1


async def test_messages_of_other_tickets_are_refused_by_name(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    key, other = await open_ticket(anna), await open_ticket(anna)
    mine = await _write(jan, key, "Mine")
    elsewhere = await _write(jan, other, "Elsewhere")
    refused = await _split(anna, key, mine, elsewhere, str(uuid4()))
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/messages/1", "/messages/2"]
    assert (await _split(jan, key, mine)).status_code == 403


async def test_a_ticket_in_triage_or_merged_is_not_split(
    anna: AsyncClient, jan: AsyncClient, app: FastAPI
) -> None:
    one, two = await open_ticket(anna), await open_ticket(anna)
    written = await _write(jan, one, "Twice")
    assert (await act(anna, one, "merge", into=two)).status_code == 200
    assert (await _split(anna, one, written)).json()["code"] == "WRONG_STATE"
