"""Tags of tickets, and the tier of a customer: what agreements may promise by."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.tickets.domain.ticket_history import HistoryEntry
from opsdesk_testing.client import client
from opsdesk_testing.protocol import outbox_events


@pytest.fixture
async def theo(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo") as caller:
        yield caller


async def opened(who: AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"title": "Down", "customer": "acme"} | fields
    answer = await who.post("/v1/tickets", json=body)
    assert answer.status_code == 201, answer.text
    ticket: dict[str, Any] = answer.json()
    return ticket


async def events_of(database: Database, kind: str) -> list[dict[str, Any]]:
    return [
        one.body for one in await outbox_events(database) if one.type == f"opsdesk.ticket.{kind}.v1"
    ]


async def test_a_ticket_is_opened_with_tags_and_says_so(
    anna: AsyncClient, database: Database
) -> None:
    ticket = await opened(anna, tags=["vip", "security", "vip"])
    assert ticket["tags"] == ["security", "vip"]
    assert (await anna.get(f"/v1/tickets/{ticket['key']}")).json()["tags"] == ["security", "vip"]
    await opened(anna)
    assert [one["tags"] for one in await events_of(database, "opened")] == [["security", "vip"], []]


async def test_a_repeated_request_with_tags_opens_one_ticket(anna: AsyncClient) -> None:
    body = {"title": "Down", "customer": "acme", "tags": ["vip"]}
    keyed = {"Idempotency-Key": "once-and-no-more"}
    first = await anna.post("/v1/tickets", json=body, headers=keyed)
    again = await anna.post("/v1/tickets", json=body, headers=keyed)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_tags_are_changed_later_with_an_event_and_a_line_of_history(
    anna: AsyncClient, database: Database
) -> None:
    ticket = await opened(anna, tags=["vip"])
    path = f"/v1/tickets/{ticket['key']}"
    changed = await anna.post(f"{path}/tags", json={"tags": ["security", "legal"]})
    assert changed.json()["tags"] == ["legal", "security"]
    (event,) = await events_of(database, "tagged")
    assert (event["previous"], event["tags"], event["by"]) == (
        ["vip"], ["legal", "security"], "anna",
    )  # fmt: skip
    emptied = await anna.post(f"{path}/tags", json={"tags": []})
    assert emptied.json()["tags"] == []
    history = (await anna.get(f"{path}/history")).json()["items"]
    words = [one["words"].partition(" ")[2] for one in history if "tags" in one["words"]]
    assert "changed the tags from vip to legal, security" in words
    assert "changed the tags from legal, security to none" in words


async def test_tickets_are_found_by_their_tags(anna: AsyncClient) -> None:
    both = await opened(anna, tags=["vip", "security"])
    one = await opened(anna, tags=["security"])
    await opened(anna)

    async def keys(query: str) -> set[str]:
        return {each["key"] for each in (await anna.get(f"/v1/tickets?{query}")).json()["items"]}

    assert await keys("tag=security") == {both["key"], one["key"]}
    assert await keys("tag=security&tag=vip") == {both["key"]}
    assert await keys("tag=none-has-it") == set()


@pytest.mark.parametrize("tags", [["Big"], ["with space"], ["x"] * 21, ["-a"], [""]])
async def test_a_tag_is_one_small_word(anna: AsyncClient, tags: list[str]) -> None:
    body = {"title": "Down", "customer": "acme", "tags": tags}
    assert (await anna.post("/v1/tickets", json=body)).status_code == 422
    ticket = await opened(anna)
    changed = await anna.post(f"/v1/tickets/{ticket['key']}/tags", json={"tags": tags})
    assert changed.status_code == 422


async def test_a_contact_neither_gives_nor_reads_tags(anna: AsyncClient, jan: AsyncClient) -> None:
    """They would choose their own promise, and read what we say among ourselves."""
    refused = await jan.post("/v1/tickets", json={"title": "Down", "tags": ["vip"]})
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/tags"]
    ticket = await opened(anna, tags=["vip"])
    assert "tags" not in (await jan.get(f"/v1/tickets/{ticket['key']}")).json()
    assert (await jan.get("/v1/tickets?tag=vip")).status_code == 403
    tagged = await jan.post(f"/v1/tickets/{ticket['key']}/tags", json={"tags": []})
    assert tagged.status_code == 403


async def test_an_unfinished_merge_takes_no_tags(anna: AsyncClient) -> None:
    survivor, merged = await opened(anna), await opened(anna)
    done = await anna.post(f"/v1/tickets/{merged['key']}/merge", json={"into": survivor["key"]})
    assert done.is_success, done.text
    refused = await anna.post(f"/v1/tickets/{merged['key']}/tags", json={"tags": ["vip"]})
    assert refused.status_code == 409
    assert refused.json()["code"] == "WRONG_STATE"


def test_the_words_of_history_name_both() -> None:
    entry = HistoryEntry(
        1, datetime(2026, 6, 1, tzinfo=UTC), "anna", None, "tag", {"was": "none", "wanted": "vip"}
    )
    assert entry.words({"anna": "Anna"}) == "Anna changed the tags from none to vip"


async def test_a_customer_has_a_tier_which_is_announced(
    theo: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    made = await theo.post(
        "/v1/customers", json={"key": "gilded", "name": "Gilded", "tier": "gold"}
    )
    assert made.json()["tier"] == "gold"
    changed = await theo.patch("/v1/customers/gilded", json={"tier": "silver"})
    assert changed.json()["tier"] == "silver"
    none = await theo.patch("/v1/customers/gilded", json={"tier": None})
    assert none.json()["tier"] is None
    announced = [
        one.body["tier"]
        for one in await outbox_events(database)
        if one.type == "opsdesk.directory.customer.v1" and one.body["customer"] == "gilded"
    ]
    assert announced == ["gold", "silver", None]
    assert (await anna.get("/v1/customers/gilded")).json()["tier"] is None


async def test_another_tier_is_given_by_who_may_write_agreements(
    theo: AsyncClient, anna: AsyncClient
) -> None:
    await theo.post("/v1/customers", json={"key": "gilded", "name": "Gilded", "tier": "gold"})
    refused = await anna.patch("/v1/customers/gilded", json={"tier": "bronze"})
    assert (refused.status_code, refused.json()["permission"]) == (403, "agreements:write")
    named = await anna.patch("/v1/customers/gilded", json={"name": "Gilded Ltd"})
    assert (named.json()["name"], named.json()["tier"]) == ("Gilded Ltd", "gold")
