"""What a customer says in a linked system goes on where our ticket was closed too long ago."""

from datetime import UTC, datetime

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.ids import uuid7
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import Linked, Post, link, links_of, messages_of
from intake_support.peers import FakePeer
from intake_support.tickets import act, open_ticket
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


async def test_a_ticket_that_has_a_counterpart_there_has_two_and_both_get_the_answer(
    anna: AsyncClient,
    omar: AsyncClient,
    linked: Linked,
    post: Post,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
) -> None:
    """Else whoever goes on writing in the older one hears nothing any more."""
    other = await open_ticket(anna, priority="major")
    await link(anna, other)
    await sender.send_due()
    (own,) = await links_of(anna, other)
    await _close_for_good(anna, omar, linked.key, database)
    ids = [(await anna.get(f"/v1/tickets/{key}")).json()["id"] for key in (other, linked.key)]
    async with database.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO ticket_links (id, ticket_id, kind, other_id, created_by, created_at)"
                " VALUES (:id, :new, 'follows', :old, 'jan', intake.now())"
            ),
            {"id": uuid7(), "new": ids[0], "old": ids[1]},
        )
    assert (await post(linked.id, "late", comment="Still.")).json() == {"outcome": "applied"}
    assert [one["id"] for one in await links_of(anna, other)] == [linked.link, own["id"]]
    await act(anna, other, "replies", text=ANSWER)
    await sender.send_due()
    for id in (linked.id, own["remote_id"]):
        assert "We look at it again." in str(peer.comments[id])


async def test_what_an_ended_customers_system_says_goes_on_in_one_ticket_for_triage(
    anna: AsyncClient, omar: AsyncClient, linked: Linked, post: Post, database: Database
) -> None:
    """Nothing is lost, and nobody has to sort the same thing many times."""
    await _close_for_good(anna, omar, linked.key, database)
    path = "/v1/customers/acme/end"
    assert (await anna.post(path, json={"reason": "Gone"})).is_success
    assert (await omar.post(f"{path}/confirm")).is_success
    for event in ("gone1", "gone2", "gone3"):
        answer = await post(linked.id, event, comment=f"It is back, {event}.")
        assert answer.json() == {"outcome": "applied"}, answer.text
    (follows,) = (await anna.get(f"/v1/tickets/{linked.key}/links")).json()["items"]
    triage = (await anna.get(f"/v1/tickets/{follows['ticket']}")).json()
    assert triage["customer"] is None
    shown = [one["text"] for one in await messages_of(anna, triage["key"])]
    assert [f"gone{number}" in text for number, text in enumerate(shown, 1)] == [True] * 3


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
