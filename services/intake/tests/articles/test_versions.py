"""Versions of an article: as many as were written, a page at a time."""

from httpx import AsyncClient

ARTICLE = {"title": "Invoices are not sent", "body": "Start the sender again.", "language": "en"}


async def test_versions_are_listed_by_pages_and_a_reader_is_read_one(
    anna: AsyncClient, omar: AsyncClient, statements: list[str]
) -> None:
    """A hundred versions are not read to show one."""
    key = (await anna.post("/v1/articles", json=ARTICLE)).json()["key"]
    published = await omar.post(f"/v1/articles/{key}/publish", json={"version": 1})
    assert published.status_code == 200, published.text
    for number in range(2, 6):
        body = {"title": f"Version {number}", "body": ARTICLE["body"]}
        answer = await anna.post(f"/v1/articles/{key}/versions", json=body)
        assert answer.status_code == 201, answer.text
    seen: list[int] = []
    query = {"limit": "2"}
    while True:
        page = (await anna.get(f"/v1/articles/{key}/versions", params=query)).json()
        seen += [one["version"] for one in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert seen == [5, 4, 3, 2, 1]
    statements.clear()
    shown = (await anna.get(f"/v1/articles/{key}")).json()
    assert (shown["version"], shown["newest_version"]) == (1, 5)
    bodies = [one for one in statements if "article_versions.body" in one]
    assert len(bodies) == 1
    assert "article_versions.version =" in bodies[0]
    assert (await anna.get(f"/v1/articles/{key}?version=4")).json()["title"] == "Version 4"
    assert (await anna.get(f"/v1/articles/{key}?version=6")).status_code == 404
