"""A reader of an article has one vote on each version."""

from typing import Any

from httpx import AsyncClient, Response


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
