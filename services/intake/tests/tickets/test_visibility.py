"""Who sees what of tickets, lists, old states, duplicates; over HTTP, committed for real."""

from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import DOWN, act, event_types, open_ticket


async def test_internal_notes_do_not_exist_for_the_customer(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    """R11"""
    key = await open_ticket(anna)
    await act(anna, key, "replies", text="They never pay.", visibility="internal")
    await act(anna, key, "replies", text="We are looking into it.")
    assert len((await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]) == 2
    seen = (await jan.get(f"/v1/tickets/{key}/messages")).json()["items"]
    assert [one["text"] for one in seen] == ["We are looking into it."]
    assert await event_types(database) == ["opened", "replied"]
    assert (await act(jan, key, "replies", text="x", visibility="internal")).status_code == 403


async def test_another_customers_ticket_does_not_exist(
    anna: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await open_ticket(anna)
    for path in ("", "/messages"):
        assert (await jan.get(f"/v1/tickets/{key}{path}")).status_code == 200
        assert (await britta.get(f"/v1/tickets/{key}{path}")).status_code == 404
    assert (await act(britta, key, "replies", text="hello")).status_code == 404
    assert (await britta.get("/v1/tickets")).json()["items"] == []
    assert (await britta.get("/v1/tickets?customer=acme")).json()["items"] == []
    assert (await jan.get("/v1/tickets?customer=acme")).json()["items"] != []
    other = await britta.post("/v1/tickets", json=DOWN)
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_a_contact_does_not_work_on_tickets(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    assert (await act(jan, key, "resolve", resolution="x")).status_code == 403
    assert (await act(jan, key, "prioritise", priority="blocker", reason="x")).status_code == 403
    assert (await jan.get(f"/v1/tickets/{key}/hand-overs")).status_code == 403


async def test_lists_go_on_where_they_ended(anna: AsyncClient) -> None:
    keys = [await open_ticket(anna, priority=priority) for priority in ("minor", "major", "minor")]
    first = (await anna.get("/v1/tickets?limit=2")).json()
    rest = (await anna.get(f"/v1/tickets?limit=2&cursor={first['next']}")).json()
    assert [one["key"] for one in first["items"] + rest["items"]] == keys[::-1]
    assert rest["next"] is None
    minor = (await anna.get("/v1/tickets?priority=minor&state=new&environment=acme-prod")).json()
    assert [one["key"] for one in minor["items"]] == [keys[2], keys[0]]
    assert (await anna.get("/v1/tickets?open=false")).json()["items"] == []


async def test_whoever_decides_on_an_old_state_is_shown_the_present_one(anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="anna")
    late = await anna.post(
        f"/v1/tickets/{key}/resolve", json={"resolution": "x"}, headers={"If-Match": '"1"'}
    )
    assert late.status_code == 412
    assert late.json()["present"]["sequence"] == 2


async def test_a_duplicate_is_merged_and_answers_in_the_survivor(
    anna: AsyncClient, database: Database
) -> None:
    survivor, duplicate = await open_ticket(anna), await open_ticket(anna)
    merged = await act(anna, duplicate, "merge", into=survivor)
    assert merged.json()["state"] == "merged"
    reply = await act(anna, duplicate, "replies", text="hello")
    assert reply.json()["type"] == "urn:opsdesk:error:merged"
    assert (await act(anna, duplicate, "merge", into="OPS-999999")).status_code == 404


async def test_the_same_request_twice_is_one_ticket(anna: AsyncClient, database: Database) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await anna.post("/v1/tickets", json=DOWN, headers=headers)
    again = await anna.post("/v1/tickets", json=DOWN, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await anna.post("/v1/tickets", json=DOWN | {"title": "x"}, headers=headers)
    assert other.status_code == 422
    assert await event_types(database) == ["opened"]


async def test_own_tickets_are_a_filter_of_the_list(
    anna: AsyncClient, omar: AsyncClient, portal: AsyncClient, jan: AsyncClient
) -> None:
    """Of a contact what they raised, or was raised for them; of staff what is assigned to them"""

    async def own_tickets(who: AsyncClient, **more: str) -> list[str]:
        answer = await who.get("/v1/tickets", params={"mine": "true"} | more)
        assert answer.status_code == 200, answer.text
        return [one["key"] for one in answer.json()["items"]]

    body = {"title": "Down", "environment": "acme-prod"}
    raised = (await portal.post("/v1/tickets", json=body)).json()["key"]
    phoned = await open_ticket(anna, contact="jan@acme.example", channel="phone")
    other = await open_ticket(anna)
    assert await own_tickets(portal) == [phoned, raised]
    assert await own_tickets(jan) == [], "a token of their own, without an entry in the directory"
    own = (await jan.post("/v1/tickets", json=body)).json()["key"]
    assert await own_tickets(jan) == [own]
    await act(anna, other, "assign", to="omar")
    assert await own_tickets(omar) == [other]
    assert await own_tickets(omar, assignee="anna") == []
    assert await own_tickets(anna, customer="acme") == []
    everything = (await portal.get("/v1/tickets")).json()["items"]
    assert [one["key"] for one in everything] == [own, other, phoned, raised]
