"""Tickets linked with ServiceNow, Jira Service Management and Zendesk, against a fake of each API."""

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import (
    Linked,
    Post,
    create_system,
    let_retry,
    link,
    links_of,
    messages_of,
)
from intake_support.peers import FakePeer, running_peer
from intake_support.tickets import act, open_ticket

GOOD = "Dear Jan,\n\nInvoices leave again.\n\nKind regards"
PRIORITIES = {"servicenow": "3", "jira": "Medium", "zendesk": "normal"}
THEIRS = {"servicenow": "2", "jira": "High", "zendesk": "high"}
RAISED = {"servicenow": "1", "jira": "Highest", "zendesk": "urgent"}


async def test_the_counterpart_is_made_with_our_values_and_shown_with_its_address(
    anna: AsyncClient, linked: Linked, peer: FakePeer, kind: str
) -> None:
    assert peer.tickets[linked.id]["priority"] == PRIORITIES[kind]
    assert "Billing is down" in str(peer.tickets[linked.id])
    (shown,) = await links_of(anna, linked.key)
    assert shown["known"]["priority"] == PRIORITIES[kind]
    assert linked.id in shown["remote_url"]
    assert "waiting" not in shown["sends"]


async def test_public_messages_go_there_once_and_notes_never(
    anna: AsyncClient, jan: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender
) -> None:
    await act(anna, linked.key, "replies", text=GOOD)
    await act(anna, linked.key, "replies", text="Between us: their fault", visibility="internal")
    await act(jan, linked.key, "replies", text="It still does not work.")
    for _ in range(2):
        await sender.send_due()
    sent = peer.comments[linked.id]
    assert [one.split("\n")[0] for one in sent] == ["Dear Jan,", "It still does not work."]
    assert "Between us" not in str(sent)


async def test_what_comes_from_there_never_goes_back(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender, post: Post
) -> None:
    for _ in range(2):
        answer = await post(linked.id, "1", comment="We see it too.")
        assert answer.json() == {"outcome": "applied"}, answer.text
    await sender.send_due()
    assert peer.comments[linked.id] == []
    came = [one for one in await messages_of(anna, linked.key) if one["author"] == "link/peer"]
    assert [one["text"] for one in came if one["direction"] == "inbound"] != []
    assert sum("We see it too." in one["text"] for one in came) == 1, "the same event once"
    assert came[0]["visibility"] == "public"


async def test_an_answer_that_quotes_our_comment_is_heard(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender, post: Post
) -> None:
    """Their mail programs quote it whole, with the line by which we know it."""
    await act(anna, linked.key, "replies", text=GOOD)
    await sender.send_due()
    ours = peer.comments[linked.id][0]
    quoted = "\n".join(f"> {line}" for line in ours.splitlines())
    for event, comment in (
        ("q1", f"It still fails.\n\n{quoted}"),
        ("q2", f"No.\n\n{ours}"),
        ("q4", f"{ours}\nNo."),
    ):
        assert (await post(linked.id, event, comment=comment)).json() == {"outcome": "applied"}
    shown = [one["text"] for one in await messages_of(anna, linked.key)]
    assert any("It still fails." in one for one in shown)
    changed = ours.replace("\n", " \n ").replace(".", " .")
    assert (await post(linked.id, "q3", comment=changed)).json() == {"outcome": "own"}


async def test_our_own_comment_that_comes_back_is_known(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender, post: Post
) -> None:
    await act(anna, linked.key, "replies", text=GOOD)
    await sender.send_due()
    before = len(await messages_of(anna, linked.key))
    answer = await post(linked.id, "2", comment=peer.comments[linked.id][0])
    assert answer.json() == {"outcome": "own"}
    assert (
        len([one for one in await messages_of(anna, linked.key) if one["author"] == "link/peer"])
        == 0
    )
    assert len(await messages_of(anna, linked.key)) <= before + 1


async def test_a_change_of_theirs_is_a_note_and_changes_nothing_of_ours(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
    kind: str,
) -> None:
    before = dict(peer.tickets[linked.id])
    assert (await post(linked.id, "3", priority=THEIRS[kind])).json() == {"outcome": "applied"}
    await sender.send_due()
    ours = (await anna.get(f"/v1/tickets/{linked.key}")).json()
    assert (ours["priority"], ours["state"]) == ("major", "new")
    notes = [one for one in await messages_of(anna, linked.key) if one["visibility"] == "internal"]
    assert f"{PRIORITIES[kind]} → {THEIRS[kind]}" in notes[-1]["text"]
    assert peer.tickets[linked.id] == before, "nothing went back"
    (shown,) = await links_of(anna, linked.key)
    assert shown["conflicts"] == []


async def test_what_both_sides_changed_waits_for_a_person(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
    kind: str,
) -> None:
    raised = await act(anna, linked.key, "prioritise", priority="blocker", reason="All stand still")
    assert raised.is_success, raised.text
    await post(linked.id, "4", priority=THEIRS[kind])
    await sender.send_due()
    assert peer.tickets[linked.id]["priority"] == PRIORITIES[kind], "held for the decision"
    listed = (await anna.get("/v1/linked-tickets")).json()["items"]
    assert [one["id"] for one in listed] == [linked.link]
    (conflict,) = listed[0]["conflicts"]
    assert (conflict["ours"], conflict["theirs"]) == (RAISED[kind], THEIRS[kind])
    path = f"/v1/linked-tickets/{linked.link}/conflicts/{conflict['id']}/decide"
    decided = await anna.post(path, json={"decision": "ours", "reason": "Agreed by phone"})
    assert decided.json()["conflicts"][0]["decided_by"] == "anna"
    await sender.send_due()
    assert peer.tickets[linked.id]["priority"] == RAISED[kind]
    again = await anna.post(path, json={"decision": "theirs"})
    assert (again.status_code, again.json()["code"]) == (409, "DECIDED")
    assert (await anna.get("/v1/linked-tickets")).json()["items"] == []


async def test_a_system_that_is_away_loses_nothing_and_says_so(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
) -> None:
    peer.mode = "down"
    await act(anna, linked.key, "replies", text=GOOD)
    await sender.send_due()
    assert sender.trouble is not None
    assert "503" in sender.trouble
    asked = len(peer.requests)
    await sender.send_due()
    assert len(peer.requests) == asked, "it is left alone for a while"
    shown = (await anna.get("/v1/linked-systems/peer")).json()
    assert shown["held_since"] is not None
    peer.mode = "up"
    await let_retry(database)
    await sender.send_due()
    assert sender.trouble is None
    assert len(peer.comments[linked.id]) == 1


async def test_an_answer_that_is_lost_makes_nothing_twice(
    anna: AsyncClient,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
    system: str,
) -> None:
    peer.mode = "loses answers"
    key = await open_ticket(anna, priority="major")
    await link(anna, key)
    await sender.send_due()
    peer.mode = "up"
    await let_retry(database)
    await sender.send_due()
    assert len(peer.tickets) == 1
    peer.mode = "loses answers"
    await act(anna, key, "replies", text=GOOD)
    await sender.send_due()
    peer.mode = "up"
    await let_retry(database)
    await sender.send_due()
    (texts,) = peer.comments.values()
    assert len(texts) == 1


async def test_what_is_refused_comes_before_people_and_is_sent_again_on_their_word(
    anna: AsyncClient, linked: Linked, peer: FakePeer, sender: LinkedTicketSender
) -> None:
    peer.mode = "refuse"
    await act(anna, linked.key, "replies", text=GOOD)
    await sender.send_due()
    notes = [one for one in await messages_of(anna, linked.key) if one["visibility"] == "internal"]
    assert f"/v1/linked-tickets/{linked.link}/retry" in notes[-1]["text"]
    assert sender.trouble is None, "it did answer"
    peer.mode = "up"
    assert (await anna.post(f"/v1/linked-tickets/{linked.link}/retry")).is_success
    await sender.send_due()
    assert len(peer.comments[linked.id]) == 1
    nothing = await anna.post(f"/v1/linked-tickets/{linked.link}/retry")
    assert nothing.json()["code"] == "NOTHING_FAILED"


async def test_one_that_is_away_stops_no_other_system(
    anna: AsyncClient,
    app: FastAPI,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    database: Database,
    kind: str,
) -> None:
    peer.mode = "down"
    async with running_peer(kind) as other:
        await create_system(app, database, kind, other.port, key="other")
        await link(anna, linked.key, "other")
        await act(anna, linked.key, "replies", text=GOOD)
        for _ in range(3):
            await sender.send_due()
        assert [len(texts) for texts in other.comments.values()] == [1]
