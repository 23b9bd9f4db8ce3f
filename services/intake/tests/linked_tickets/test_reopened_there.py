"""What is opened again in a linked system, by its state alone, waits for a person here."""

import asyncio

import pytest
from httpx import AsyncClient

from intake.linked_tickets.linked_ticket_sender import LinkedTicketSender
from intake_support.linked_tickets import Linked, Post, links_of, messages_of
from intake_support.tickets import act

WORDS = {
    "servicenow": {"open": "2", "over": "6", "closed": "7", "unheard": "-5"},
    "jira": {"open": "In Progress", "over": "Done", "closed": "Closed", "unheard": "In Review"},
    "zendesk": {"open": "open", "over": "solved", "closed": "closed", "unheard": "hold"},
}
NOTE = "It was over, and is open there again."


@pytest.fixture
async def resolved(anna: AsyncClient, linked: Linked, sender: LinkedTicketSender) -> Linked:
    """A ticket that is resolved here and there."""
    assert (await act(anna, linked.key, "resolve", resolution="Restarted")).is_success
    for _ in range(3):
        await sender.send_due()
    return linked


async def _waiting(who: AsyncClient) -> list[str]:
    found = await who.get("/v1/waiting-for-me", params={"kind": "decide_conflict"})
    return [one["key"] for one in found.json()["items"]]


async def _notes(who: AsyncClient, key: str) -> int:
    return sum(NOTE in one["text"] for one in await messages_of(who, key))


async def _close(anna: AsyncClient, omar: AsyncClient, key: str) -> None:
    assert (await act(omar, key, "verify")).is_success
    assert (await act(anna, key, "close")).is_success


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("word", ["open", "unheard"])
async def test_one_that_is_open_there_again_waits_for_a_person_once(
    anna: AsyncClient,
    omar: AsyncClient,
    resolved: Linked,
    post: Post,
    kind: str,
    sender: LinkedTicketSender,
    word: str,
    closed: bool,
) -> None:
    """Also in a state there that no map names. What is over here stays so until a person says."""
    if closed:
        await _close(anna, omar, resolved.key)
        for _ in range(3):
            await sender.send_due()
    for _ in range(3):
        answers = await asyncio.gather(
            *(post(resolved.id, "again", state=WORDS[kind][word]) for _ in range(2))
        )
        assert {one.json()["outcome"] for one in answers} == {"applied"}
    assert await _waiting(omar) == [resolved.key]
    assert await _notes(anna, resolved.key) == 1
    state = (await anna.get(f"/v1/tickets/{resolved.key}")).json()["state"]
    assert state == ("closed" if closed else "resolved")


async def test_it_leaves_the_queue_once_it_is_decided(
    anna: AsyncClient, resolved: Linked, post: Post, kind: str
) -> None:
    await post(resolved.id, "again", state=WORDS[kind]["open"])
    (conflict,) = (await links_of(anna, resolved.key))[0]["conflicts"]
    assert (conflict["field"], conflict["ours"]) == ("state", WORDS[kind]["over"])
    path = f"/v1/linked-tickets/{resolved.link}/conflicts/{conflict['id']}/decide"
    assert (await act(anna, resolved.key, "reopen", reason="It is back")).is_success
    assert (await anna.post(path, json={"decision": "theirs"})).is_success
    assert await _waiting(anna) == []


async def test_what_we_sent_and_what_stays_over_wakes_nobody(
    anna: AsyncClient, resolved: Linked, post: Post, kind: str
) -> None:
    for number, word in enumerate(("over", "closed", "over")):
        await post(resolved.id, f"event{number}", state=WORDS[kind][word])
    assert await _waiting(anna) == []
    assert await _notes(anna, resolved.key) == 0


async def test_a_step_there_on_a_ticket_that_is_open_here_wakes_nobody(
    anna: AsyncClient, linked: Linked, post: Post, kind: str
) -> None:
    for number, word in enumerate(("over", "open")):
        await post(linked.id, f"event{number}", state=WORDS[kind][word])
    assert await _waiting(anna) == []
