"""What a customer says in a linked system goes on where our ticket was closed too long ago."""

from datetime import UTC, datetime

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import Linked, Post, link, links_of, messages_of
from intake_support.peers import FakePeer
from intake_support.tickets import act
from opsdesk_testing.protocol import freeze_time

ANSWER = "Dear Jan,\n\nWe look at it again.\n\nKind regards"


async def test_a_customers_comment_on_a_ticket_closed_for_good_goes_on_in_another_one(
    anna: AsyncClient, omar: AsyncClient, linked: Linked, post: Post, database: Database
) -> None:
    await _close_for_good(anna, omar, linked.key, database)
    for event in ("late1", "late2"):
        answer = await post(linked.id, event, comment=f"It is back, {event}.")
        assert answer.json() == {"outcome": "applied"}, answer.text
    assert (await anna.get(f"/v1/tickets/{linked.key}")).json()["state"] == "closed"
    assert not any("It is back" in one["text"] for one in await messages_of(anna, linked.key))
    (link_,) = (await anna.get(f"/v1/tickets/{linked.key}/links")).json()["items"]
    shown = [one["text"] for one in await messages_of(anna, link_["ticket"])]
    assert ["late1" in one or "late2" in one for one in shown] == [True, True]


async def test_what_is_answered_there_reaches_the_customers_system(
    anna: AsyncClient,
    omar: AsyncClient,
    linked: Linked,
    post: Post,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
) -> None:
    await _close_for_good(anna, omar, linked.key, database)
    new = await _go_on(anna, linked, post, "late")
    (moved,) = await links_of(anna, new)
    assert (moved["id"], moved["remote_id"]) == (linked.link, linked.id)
    assert await links_of(anna, linked.key) == []
    await act(anna, new, "replies", text=ANSWER)
    for _ in range(3):
        await sender.send_due()
    (sent,) = (one for one in peer.comments[linked.id] if "We look at it again." in one)
    assert (await post(linked.id, "ours", comment=sent)).json() == {"outcome": "own"}


async def test_a_ticket_that_has_a_counterpart_there_keeps_its_own(
    anna: AsyncClient,
    omar: AsyncClient,
    linked: Linked,
    post: Post,
    database: Database,
) -> None:
    await _close_for_good(anna, omar, linked.key, database)
    new = await _go_on(anna, linked, post, "late1")
    old = (await anna.get(f"/v1/tickets/{linked.key}")).json()["id"]
    async with database.transaction() as tx:  # as it was before links went on with their tickets
        await tx.execute(text("UPDATE linked_tickets SET ticket_id = :id"), {"id": old})
    own = await link(anna, new)
    assert (await post(linked.id, "late2", comment="Still.")).json() == {"outcome": "applied"}
    assert [one["id"] for one in await links_of(anna, new)] == [own["id"]]
    assert [one["id"] for one in await links_of(anna, linked.key)] == [linked.link]


async def _close_for_good(
    anna: AsyncClient, omar: AsyncClient, key: str, database: Database
) -> None:
    for who, step, body in (
        (anna, "resolve", {"resolution": "Restarted"}),
        (omar, "verify", {}),
        (anna, "close", {}),
    ):
        assert (await act(who, key, step, **body)).is_success
    await freeze_time(database, datetime(2030, 3, 7, 9, tzinfo=UTC))


async def _go_on(anna: AsyncClient, linked: Linked, post: Post, event: str) -> str:
    """Let the customer comment there; the key of the ticket that follows."""
    answer = await post(linked.id, event, comment="It is back.")
    assert answer.json() == {"outcome": "applied"}, answer.text
    (follows,) = (await anna.get(f"/v1/tickets/{linked.key}/links")).json()["items"]
    return str(follows["ticket"])
