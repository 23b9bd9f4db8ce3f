"""Files of ours go to linked tickets, once."""

from email.message import EmailMessage

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_files import LOG, answer_with, files_there, let_reach, set_limit
from intake_support.linked_tickets import (
    Linked,
    Post,
    let_retry,
    link,
    links_of,
    messages_of,
)
from intake_support.outgoing import post as post_mail
from intake_support.peers import FakePeer
from intake_support.tickets import act, open_ticket
from intake_support.uploads import PNG
from opsdesk_testing.client import client


async def test_a_file_of_ours_goes_there_once_behind_its_words(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender
) -> None:
    await answer_with(anna, linked.key)
    for _ in range(2):
        await sender.send_due()
    assert files_there(peer, linked.id) == [("app 1.log", LOG)]
    assert peer.comments[linked.id][0].startswith("Dear Jan,")
    (shown,) = await links_of(anna, linked.key)
    assert not {"waiting", "failed"} & set(shown["sends"]), shown


async def test_a_file_of_a_note_stays_here(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender
) -> None:
    await answer_with(anna, linked.key, visibility="internal")
    await sender.send_due()
    assert peer.files == {}


async def test_a_file_that_came_by_mail_goes_there_too(
    app: FastAPI, linked: Linked, peer: FakePeer, sender: LinkedTicketSender
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "jan@acme.example", "support@ours.example"
    mail["Subject"], mail["Message-ID"] = f"[{linked.key}] The log", "<9@mail.acme.example>"
    mail.set_content("Here it is.")
    mail.add_attachment(LOG, maintype="application", subtype="octet-stream", filename="app.log")
    async with client(app, "gateway") as gateway:
        await post_mail(gateway, mail.as_bytes())
    await sender.send_due()
    assert files_there(peer, linked.id) == [("app.log", LOG)]


async def test_the_files_with_which_a_ticket_was_opened_follow_it(
    anna: AsyncClient, app: FastAPI, peer: FakePeer, sender: LinkedTicketSender, system: str
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "jan@acme.example", "support@ours.example"
    mail["Subject"], mail["Message-ID"] = "Billing is down", "<8@mail.acme.example>"
    mail.set_content("See the picture.")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="screen.png")
    async with client(app, "gateway") as gateway:
        key = (await post_mail(gateway, mail.as_bytes()))["ticket"]["key"]
    await link(anna, key)
    for _ in range(2):
        await sender.send_due()
    (id,) = peer.tickets
    assert files_there(peer, id) == [("screen.png", PNG)]


async def test_a_lost_answer_does_not_attach_it_twice(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
    kind: str,
) -> None:
    """Their side is asked before it is sent again; where an upload alone was done, it is done anew."""
    await act(anna, linked.key, "replies", text="Dear Jan,\n\nOne moment.\n\nKind regards")
    await sender.send_due()
    await answer_with(anna, linked.key)
    for mode in ("loses answers", "loses answers", "loses answers", "up", "up"):
        peer.mode = mode
        await sender.send_due()
        await let_retry(database)
    assert [name for name, _ in files_there(peer, linked.id)] == ["app 1.log"]
    (shown,) = await links_of(anna, linked.key)
    assert not {"waiting", "failed"} & set(shown["sends"]), shown


async def test_what_is_too_large_for_their_side_is_put_before_people(
    anna: AsyncClient,
    app: FastAPI,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
    kind: str,
) -> None:
    await set_limit(app, kind, 5)
    await let_reach(database, peer)
    await answer_with(anna, linked.key)
    await sender.send_due()
    assert peer.files == {}
    (shown,) = await links_of(anna, linked.key)
    assert shown["sends"]["failed"] == 1
    notes = [one["text"] for one in await messages_of(anna, linked.key)]
    assert any("app 1.log has 11 bytes, and at most 5 go there" in one for one in notes)
    async with database.transaction() as tx:
        larger = "UPDATE linked_systems SET fields = fields || '{\"max_file_bytes\": 11}'"
        await tx.execute(text(larger))
    assert (await anna.post(f"/v1/linked-tickets/{linked.link}/retry")).is_success
    await sender.send_due()
    assert files_there(peer, linked.id) == [("app 1.log", LOG)]


async def test_with_a_limit_of_nothing_no_file_travels(
    anna: AsyncClient,
    app: FastAPI,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post_file: Post,
    database: Database,
    kind: str,
) -> None:
    await set_limit(app, kind, 0)
    await let_reach(database, peer)
    await answer_with(anna, linked.key)
    file = peer.attach(linked.id, "theirs.txt", "text/plain", b"Theirs")
    await post_file(linked.id, "f6", file)
    await sender.send_due()
    assert list(peer.files) == [file]
    assert all(one["author"] != "link/peer" for one in await messages_of(anna, linked.key))


async def test_a_ticket_without_files_asks_for_none(
    anna: AsyncClient, peer: FakePeer, sender: LinkedTicketSender, system: str
) -> None:
    await link(anna, await open_ticket(anna, priority="major"))
    await sender.send_due()
    assert not any("attach" in one or "upload" in one for one in peer.requests)
