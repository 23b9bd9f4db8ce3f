"""A link works for the ticket into which its own was merged, until they are separated again."""

from httpx import AsyncClient

from common.persistence.database import Database
from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import Linked, Post, link, links_of, messages_of
from intake_support.outgoing import run_sql
from intake_support.peers import FakePeer
from intake_support.tickets import act, open_ticket

MERGED = "Dear Jan,\n\nIt is one fault.\n\nKind regards"
SEPARATE = "Dear Jan,\n\nThey are two faults.\n\nKind regards"
RAISED = {"servicenow": "1", "jira": "Highest", "zendesk": "urgent"}


async def _merge(anna: AsyncClient, key: str, **more: str) -> str:
    """Merge it into a new ticket. The key of that."""
    into = await open_ticket(anna, priority="major", **more)
    merged = await act(anna, key, "merge", into=into)
    assert merged.status_code == 200, merged.text
    return into


async def _separate(anna: AsyncClient, omar: AsyncClient, key: str, *messages: str) -> None:
    assert (await act(anna, key, "unmerge", reason="Two requests")).is_success
    done = await act(omar, key, "unmerge/confirm", agree=True, messages=list(messages))
    assert done.status_code == 200, done.text


async def test_comments_answers_and_status_are_those_of_the_ticket_that_lives_on(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
    kind: str,
) -> None:
    into = await _merge(anna, linked.key)
    assert [one["id"] for one in await links_of(anna, into)] == [linked.link]
    assert (await links_of(anna, into))[0]["ticket"] == linked.key
    assert (await post(linked.id, "m1", comment="We see it too.")).json() == {"outcome": "applied"}
    assert any("We see it too." in one["text"] for one in await messages_of(anna, into))
    assert (await act(anna, into, "replies", text=MERGED)).is_success
    raised = await act(anna, into, "prioritise", priority="blocker", reason="All stand still")
    assert raised.is_success, raised.text
    await sender.send_due()
    assert [one.split("\n")[2] for one in peer.comments[linked.id]] == ["It is one fault."]
    assert peer.tickets[linked.id]["priority"] == RAISED[kind]


async def test_separated_again_it_works_for_its_own_ticket(
    anna: AsyncClient,
    omar: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
) -> None:
    """What went there while they were one does not go there again with the copy of it."""
    into = await _merge(anna, linked.key)
    answer = (await act(anna, into, "replies", text=MERGED)).json()
    await _separate(anna, omar, linked.key, answer["id"])
    assert await links_of(anna, into) == []
    assert [one["id"] for one in await links_of(anna, linked.key)] == [linked.link]
    assert (await act(anna, into, "replies", text="Dear Kim,\n\nNo.\n\nKind regards")).is_success
    assert (await act(anna, linked.key, "replies", text=SEPARATE)).is_success
    await sender.send_due()
    sent = [one.split("\n")[2] for one in peer.comments[linked.id]]
    assert sent == ["It is one fault.", "They are two faults."]
    assert (await post(linked.id, "m2", comment="Thank you.")).json() == {"outcome": "applied"}
    assert any("Thank you." in one["text"] for one in await messages_of(anna, linked.key))
    assert not any("Thank you." in one["text"] for one in await messages_of(anna, into))


async def test_two_tickets_there_are_both_kept_and_both_get_the_answer(
    anna: AsyncClient,
    linked: Linked,
    peer: FakePeer,
    sender: LinkedTicketSender,
    post: Post,
) -> None:
    into = await open_ticket(anna, priority="major")
    await link(anna, into)
    await sender.send_due()
    (own,) = await links_of(anna, into)
    assert (await act(anna, linked.key, "merge", into=into)).is_success
    assert [one["id"] for one in await links_of(anna, into)] == [linked.link, own["id"]]
    assert (await act(anna, into, "replies", text=MERGED)).is_success
    await sender.send_due()
    for id in (linked.id, own["remote_id"]):
        (sent,) = peer.comments[id]
        assert "It is one fault." in sent
        assert (await post(id, f"own-{id}", comment=sent)).json() == {"outcome": "own"}
    assert (await post(linked.id, "m3", comment="Which one?")).json() == {"outcome": "applied"}
    await sender.send_due()
    assert "Which one?" not in str(peer.comments), "nobody's words go from one to the other"
    more = await anna.post(f"/v1/tickets/{into}/linked-tickets", json={"system": "peer"})
    assert (more.status_code, more.json()["code"]) == (409, "LINKED")


async def test_merged_twice_it_works_for_the_last_one_and_comes_back_step_by_step(
    anna: AsyncClient, omar: AsyncClient, linked: Linked
) -> None:
    second = await _merge(anna, linked.key)
    third = await _merge(anna, second)
    assert [one["id"] for one in await links_of(anna, third)] == [linked.link]
    await _separate(anna, omar, second)
    assert await links_of(anna, third) == []
    assert [one["id"] for one in await links_of(anna, second)] == [linked.link]
    await _separate(anna, omar, linked.key)
    assert await links_of(anna, second) == []


async def test_a_counterpart_that_is_not_made_yet_is_made_after_the_merge(
    anna: AsyncClient, peer: FakePeer, sender: LinkedTicketSender, system: str
) -> None:
    key = await open_ticket(anna, priority="major", title="Invoices are late")
    await link(anna, key)
    into = await _merge(anna, key)
    assert (await act(anna, into, "replies", text=MERGED)).is_success
    await sender.send_due()
    (shown,) = await links_of(anna, into)
    assert (shown["state"], shown["ticket"]) == ("linked", key)
    assert "Invoices are late" in str(peer.tickets[shown["remote_id"]])
    assert "It is one fault." in str(peer.comments[shown["remote_id"]])


async def test_a_conflict_waits_on_the_ticket_that_lives_on(
    anna: AsyncClient, linked: Linked, post: Post, kind: str, database: Database
) -> None:
    theirs = {"servicenow": "2", "jira": "High", "zendesk": "high"}
    into = await _merge(anna, linked.key)
    raised = await act(anna, into, "prioritise", priority="blocker", reason="All stand still")
    assert raised.is_success, raised.text
    await post(linked.id, "m4", priority=theirs[kind])
    assert await run_sql(database, "SELECT count(*) FROM linked_conflicts") == [(1,)]
    (item,) = (await anna.get("/v1/waiting-for-me?kind=decide_conflict")).json()["items"]
    assert (item["key"], item["href"]) == (into, f"/v1/tickets/{into}/linked-tickets")
