"""What a customer says in a linked system goes on where our ticket was closed too long ago."""

from datetime import UTC, datetime

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.linked_tickets import Linked, Post, messages_of
from intake_support.tickets import act
from opsdesk_testing.protocol import freeze_time


async def test_a_customers_comment_on_a_ticket_closed_for_good_goes_on_in_another_one(
    anna: AsyncClient, omar: AsyncClient, linked: Linked, post: Post, database: Database
) -> None:
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, linked.key, step, **body)).is_success
    await freeze_time(database, datetime(2030, 3, 7, 9, tzinfo=UTC))
    for event in ("late1", "late2"):
        answer = await post(linked.id, event, comment=f"It is back, {event}.")
        assert answer.json() == {"outcome": "applied"}, answer.text
    assert (await anna.get(f"/v1/tickets/{linked.key}")).json()["state"] == "closed"
    assert not any("It is back" in one["text"] for one in await messages_of(anna, linked.key))
    (link_,) = (await anna.get(f"/v1/tickets/{linked.key}/links")).json()["items"]
    shown = [one["text"] for one in await messages_of(anna, link_["ticket"])]
    assert ["late1" in one or "late2" in one for one in shown] == [True, True]
