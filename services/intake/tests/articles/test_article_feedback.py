"""A reader of an article has one vote on each version."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response

from opsdesk_testing.client import client


async def published(anna: AsyncClient, omar: AsyncClient) -> str:
    """An article for customers. Its key."""
    article = {"title": "Down again", "body": "Restart it.", "language": "en"}
    opened = await anna.post("/v1/articles", json=article | {"audience": "customer"})
    key = str(opened.json()["key"])
    assert (await act_on(omar, key, "publish", version=1)).is_success
    return key


async def act_on(who: AsyncClient, key: str, action: str, **body: Any) -> Response:
    return await who.post(f"/v1/articles/{key}/{action}", json=body)


async def test_a_reader_has_one_vote_on_a_version_and_the_newest_counts(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, britta: AsyncClient
) -> None:
    key = await published(anna, omar)
    assert (await act_on(britta, key, "feedback", helpful=False)).status_code == 201
    for helpful, comment in ((False, "Which queue?"), (True, None), (True, "Now I see.")):
        answer = await act_on(jan, key, "feedback", helpful=helpful, comment=comment)
        assert answer.status_code == 201, answer.text
    shown = (await anna.get(f"/v1/articles/{key}")).json()
    assert (shown["helpful"], shown["not_helpful"]) == (1, 1)
    items = (await anna.get(f"/v1/articles/{key}/feedback")).json()["items"]
    assert [(one["helpful"], one["comment"]) for one in items] == [
        (True, "Now I see."),
        (False, None),
    ]
    assert items[0]["id"] == answer.json()["id"]


async def test_two_accounts_of_one_person_are_one_vote(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient, portal: AsyncClient, britta: AsyncClient
) -> None:
    """By the portal and with an account of their own, contacts and our own people alike; others keep theirs."""
    key = await published(anna, omar)
    assert (await act_on(britta, key, "feedback", helpful=False)).status_code == 201
    jans = {"customer": "acme", "email": "Jan@acme.example"}
    async with (
        client(app, "jan", **jans) as own,
        client(app, "anna-admin", roles=["ops"], email="anna@ours.example") as admin,
    ):
        for helpful, who in ((False, own), (True, portal), (False, anna), (True, admin)):
            answer = await act_on(who, key, "feedback", helpful=helpful, comment="As I see it.")
            assert answer.status_code == 201, answer.text
        shown = (await anna.get(f"/v1/articles/{key}")).json()
        assert (shown["helpful"], shown["not_helpful"]) == (2, 1)
        assert (await act_on(own, key, "feedback", helpful=False)).status_code == 201
    shown = (await anna.get(f"/v1/articles/{key}")).json()
    assert (shown["helpful"], shown["not_helpful"]) == (1, 2)


async def test_contacts_whom_nobody_has_confirmed_yet_have_a_vote_each(
    app: FastAPI, anna: AsyncClient, omar: AsyncClient
) -> None:
    """For four eyes they count as who registered them: no two of them read with one pair."""
    key = await published(anna, omar)
    for name in ("kim", "lee"):
        contact = {"name": name, "address": f"{name}@acme.example"}
        assert (await anna.post("/v1/customers/acme/contacts", json=contact)).is_success
        headers = {"On-Behalf-Of": f"mailto:{name}@acme.example"}
        async with client(app, "portal") as portal:
            body = {"helpful": True}
            answer = await portal.post(f"/v1/articles/{key}/feedback", json=body, headers=headers)
            assert answer.status_code == 201, answer.text
    assert (await anna.get(f"/v1/articles/{key}")).json()["helpful"] == 2
