"""Files of linked tickets come from there, once, and with the checks of every file."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_files import LOG, answer_with, files_there, let_reach, set_limit
from intake_support.linked_tickets import Linked, Post, let_retry, links_of, messages_of
from intake_support.peers import FakePeer
from intake_support.uploads import PNG


async def test_a_file_of_theirs_is_fetched_and_kept_like_every_file(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post_file: Post,
    kind: str,
) -> None:
    """Its type is what its bytes say, its name has no folders; the same event has its effect once."""
    file = peer.attach(linked.id, "../../screen.png", "text/html", PNG)
    for event in ("f1", "f1", "f2"):
        assert (await post_file(linked.id, event, file)).json() == {"outcome": "applied"}
    await sender.send_due()
    came = [one for one in await messages_of(anna, linked.key) if one["author"] == "link/peer"]
    (message,) = came
    (attached,) = message["attachments"]
    assert (attached["name"], attached["media_type"]) == ("screen.png", "image/png")
    is_public = kind != "jira"
    assert message["visibility"] == ("public" if is_public else "internal")
    address = f"/v1/tickets/{linked.key}/messages/{message['id']}/attachments/0"
    assert (await anna.get(address)).content == PNG
    before = dict(peer.files)
    await sender.send_due()
    assert peer.files == before, "nothing goes back"


async def test_a_file_of_ours_that_comes_back_is_known(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
    post_file: Post,
) -> None:
    await answer_with(anna, linked.key)
    await sender.send_due()
    (file,) = peer.files_of(linked.id)
    await post_file(linked.id, "f3", file)
    for number, comment in enumerate(peer.comments[linked.id]):
        assert (await post(linked.id, f"c{number}", comment=comment)).json() == {"outcome": "own"}
    await sender.send_due()
    assert all(one["author"] != "link/peer" for one in await messages_of(anna, linked.key))
    assert len(peer.files) == 1


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("setup.exe", b"MZ\x90", "is a program"),
        ("empty.txt", b"", "is empty"),
        ("large.bin", b"x" * 6, "larger than 5 bytes"),
    ],
)
async def test_what_is_not_taken_here_is_put_before_people(
    anna: AsyncClient,
    app: FastAPI,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post_file: Post,
    database: Database,
    kind: str,
    name: str,
    data: bytes,
    why: str,
) -> None:
    await set_limit(app, kind, 5)
    await let_reach(database, peer)
    await post_file(linked.id, "f4", peer.attach(linked.id, name, "text/plain", data))
    await sender.send_due()
    messages = await messages_of(anna, linked.key)
    assert all(one["author"] != "link/peer" for one in messages)
    assert any(name in one["text"] and why in one["text"] for one in messages)
    (shown,) = await links_of(anna, linked.key)
    assert shown["sends"]["failed"] == 1


async def test_while_their_side_is_away_nothing_is_lost(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post_file: Post,
    database: Database,
) -> None:
    await answer_with(anna, linked.key)
    await post_file(linked.id, "f5", peer.attach(linked.id, "theirs.txt", "text/plain", b"Theirs"))
    for mode in ("down", "up"):
        peer.mode = mode
        await let_retry(database)
        await sender.send_due()
    assert ("app 1.log", LOG) in files_there(peer, linked.id)
    texts = [one["text"] for one in await messages_of(anna, linked.key)]
    assert sum("theirs.txt" in one for one in texts) == 1


async def test_an_id_that_is_no_id_is_never_asked_for(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender, post_file: Post
) -> None:
    file = peer.attach(linked.id, "x.txt", "text/plain", b"x")
    peer.files["../../secrets"] = peer.files.pop(file)
    asked = len(peer.requests)
    await post_file(linked.id, "f7", "../../secrets")
    await sender.send_due()
    assert len(peer.requests) == asked
