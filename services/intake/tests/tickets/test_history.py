"""What happened to a ticket, in words; contacts see what is theirs (R11, R16)."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client


@pytest.fixture
async def jan(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """A contact of Acme, for whom the portal speaks."""
    async with client(app, "portal") as portal:
        portal.headers["On-Behalf-Of"] = "mailto:jan@acme.example"
        yield portal


async def words(who: AsyncClient, key: str) -> list[str]:
    answer = await who.get(f"/v1/tickets/{key}/history")
    assert answer.status_code == 200, answer.text
    return [one["words"] for one in answer.json()["items"]]


async def test_it_is_a_sentence_for_each_act(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "assign", to="omar")
    await act(jan, key, "replies", text="Any news?")
    await act(anna, key, "replies", text="They never pay", visibility="internal")
    await act(anna, key, "replies", text="We look into it")
    await act(anna, key, "prioritise", priority="minor", reason="Few are concerned")
    await act(omar, key, "hold", waiting_on="partner", reason="Contract is unclear")
    await act(anna, key, "resolve", resolution="Restarted")
    await act(anna, key, "verify")
    await act(omar, key, "verify")
    assert await words(anna, key) == [
        "anna opened the ticket",
        "anna assigned it to omar",
        "Jan wrote, as the customer",
        "anna wrote an internal note",
        "anna replied",
        "anna asked for priority minor in place of major: Few are concerned",
        "omar put it on hold, to wait for partner: Contract is unclear",
        "anna resolved it",
        "anna tried to verify, and was refused: four eyes",
        "omar verified the resolution",
    ]
    assert await words(jan, key) == [
        "anna opened the ticket",
        "anna assigned it to omar",
        "Jan wrote, as the customer",
        "anna replied",
        "omar put it on hold, to wait for partner",
        "anna resolved it",
        "omar verified the resolution",
    ]
    assert (await britta.get(f"/v1/tickets/{key}/history")).status_code == 404


async def test_what_the_words_fill_in_is_given_too(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient
) -> None:
    """Whoever reads another language says the same by them; contacts are given no reasons."""
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "assign", to="omar")
    await act(anna, key, "prioritise", priority="minor", reason="Few are concerned")
    await act(omar, key, "hold", waiting_on="partner", reason="Contract is unclear")
    await act(anna, key, "resolve", resolution="Restarted")
    await act(anna, key, "verify")

    async def given(who: AsyncClient) -> dict[str, dict[str, str]]:
        items = (await who.get(f"/v1/tickets/{key}/history")).json()["items"]
        return {one["act"]: one["parameters"] for one in items}

    known = await given(anna)
    assert known["assign"]["to"] == "omar"
    assert (known["prioritise"]["was"], known["prioritise"]["wanted"]) == ("major", "minor")
    assert known["prioritise"]["reason"] == "Few are concerned"
    assert known["verify"]["denied"] == "FOUR_EYES"
    assert (await given(jan))["wait"] == {"on": "partner"}


async def test_pages_go_on_where_they_ended(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="omar")
    await act(anna, key, "replies", text="Hello")
    for who in (anna, jan):
        first = (await who.get(f"/v1/tickets/{key}/history?limit=2")).json()
        rest = (await who.get(f"/v1/tickets/{key}/history?limit=2&cursor={first['next']}")).json()
        acts = [one["act"] for one in first["items"] + rest["items"]]
        assert acts == ["open", "assign", "reply"]


async def test_people_are_named_to_staff_and_customers(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="omar")
    await act(jan, key, "replies", text="Any news?")
    await act(anna, key, "replies", text="Soon")
    for who in (anna, jan):
        items = (await who.get(f"/v1/tickets/{key}/messages")).json()["items"]
        assert [one["author_name"] for one in items] == ["Jan", "anna"]
        named = (await who.get(f"/v1/tickets/{key}")).json()["names"]
        assert named == {"anna": "anna", "omar": "omar"}


async def test_tickets_are_fetched_by_key_in_one_request(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    first, second, third = [await open_ticket(anna) for _ in range(3)]
    other = await open_ticket(anna, customer="brightwater", environment="brightwater-prod")
    query = f"?key={first}&key={third.lower()}&key={other}&key=OPS-999999"
    found = (await anna.get(f"/v1/tickets{query}")).json()["items"]
    assert [one["key"] for one in found] == [other, third, first]
    found = (await jan.get(f"/v1/tickets{query}")).json()["items"]
    assert [one["key"] for one in found] == [third, first]
    assert (await anna.get("/v1/tickets?key=1021x")).status_code == 422
    many = "&".join(f"key=OPS-{number}" for number in range(1, 102))
    assert (await anna.get(f"/v1/tickets?{many}")).status_code == 422
    assert second not in {one["key"] for one in found}
