"""Links between tickets: no circle, none to itself, none of another customer shown to contacts."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from intake.links.domain import BY_HAND
from intake_support.tickets import event_types, open_ticket
from opsdesk_testing.row_walls import rows_without_where


async def _link(who: AsyncClient, key: str, kind: str, other: str) -> Response:
    return await who.post(f"/v1/tickets/{key}/links", json={"kind": kind, "other": other})


async def list_links(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    answer = await who.get(f"/v1/tickets/{key}/links")
    assert answer.status_code == 200, answer.text
    links: list[dict[str, Any]] = answer.json()["items"]
    return links


async def test_a_link_is_seen_from_both_ends(anna: AsyncClient, database: Database) -> None:
    incident, problem = await open_ticket(anna), await open_ticket(anna, kind="problem")
    answer = await _link(anna, incident, "caused_by", problem)
    assert answer.status_code == 201, answer.text
    (one,), (other,) = await list_links(anna, incident), await list_links(anna, problem)
    assert (one["ticket"], one["direction"], one["in_words"]) == (
        problem,
        "outgoing",
        "was caused by",
    )
    assert (other["ticket"], other["direction"], other["in_words"]) == (
        incident,
        "incoming",
        "caused",
    )
    removed = await anna.delete(f"/v1/tickets/{problem}/links/{one['id']}")
    assert removed.status_code == 204, removed.text
    assert await list_links(anna, incident) == []
    assert (await event_types(database))[-2:] == ["linked", "unlinked"]


@pytest.mark.parametrize("kind", sorted(BY_HAND))
async def test_no_ticket_is_linked_to_itself_or_in_a_circle(anna: AsyncClient, kind: str) -> None:
    one, two, three = [await open_ticket(anna) for _ in range(3)]
    itself = await _link(anna, one, kind, one)
    assert (itself.status_code, itself.json()["code"]) == (409, "LINK_TO_ITSELF")
    assert (await _link(anna, one, kind, two)).status_code == 201
    assert (await _link(anna, two, kind, three)).status_code == 201
    for last, first in ((three, one), (two, one)):
        circle = await _link(anna, last, kind, first)
        assert (circle.status_code, circle.json()["code"]) == (409, "LINK_CIRCLE"), circle.text


async def test_one_parent_each_and_the_same_link_once(anna: AsyncClient) -> None:
    child, parent, other = [await open_ticket(anna) for _ in range(3)]
    assert (await _link(anna, child, "child_of", parent)).status_code == 201
    assert (await _link(anna, child, "child_of", other)).json()["code"] == "ONE_LINK_ONLY"
    assert (await _link(anna, child, "blocks", other)).status_code == 201
    assert (await _link(anna, child, "blocks", other)).json()["code"] == "LINKED_ALREADY"


async def test_contacts_never_see_a_link_to_another_customer(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient, database: Database
) -> None:
    """R4: in the queries and in the database."""
    ours, own = await open_ticket(anna), await open_ticket(anna)
    other = {"customer": "brightwater", "environment": "brightwater-prod"}
    theirs = await open_ticket(anna, **other)
    assert (await _link(anna, ours, "duplicates", theirs)).status_code == 201
    assert (await _link(anna, ours, "blocks", own)).status_code == 201
    assert {one["ticket"] for one in await list_links(anna, ours)} == {own, theirs}
    assert [one["ticket"] for one in await list_links(jan, ours)] == [own]
    assert await list_links(britta, theirs) == []
    assert (await britta.get(f"/v1/tickets/{ours}/links")).status_code == 404
    for customer, count in (("acme", 1), ("brightwater", 0)):
        assert len((await rows_without_where(database, customer))["ticket_links"]) == count


async def test_contacts_make_and_remove_no_links(anna: AsyncClient, jan: AsyncClient) -> None:
    one, two = await open_ticket(anna), await open_ticket(anna)
    assert (await _link(jan, one, "blocks", two)).status_code == 403
    link = (await _link(anna, one, "blocks", two)).json()
    assert (await jan.delete(f"/v1/tickets/{one}/links/{link['id']}")).status_code == 403


async def test_what_does_not_exist_is_named(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    unknown = await _link(anna, key, "blocks", "OPS-99999")
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["pointer"] == "/other"
    assert (await _link(anna, "OPS-99999", "blocks", key)).status_code == 404
    assert (await _link(anna, key, "split_from", key)).status_code == 422
    assert (await anna.delete(f"/v1/tickets/{key}/links/{uuid4()}")).status_code == 404


async def test_a_link_to_a_ticket_that_is_not_the_one_of_the_path_is_not_removed(
    anna: AsyncClient, database: Database
) -> None:
    one, two, three = [await open_ticket(anna) for _ in range(3)]
    link = (await _link(anna, one, "blocks", two)).json()
    assert (await anna.delete(f"/v1/tickets/{three}/links/{link['id']}")).status_code == 404
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM ticket_links")) == 1
