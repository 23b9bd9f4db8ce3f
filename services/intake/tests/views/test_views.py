"""Saved views: one's own, and those that staff shares."""

from httpx import AsyncClient

VIEW = {"name": "Acme, broken", "query": {"customer": "acme", "breached": True}}


async def test_a_view_is_kept_for_oneself_until_it_is_shared(
    anna: AsyncClient, omar: AsyncClient
) -> None:
    saved = await anna.post("/v1/views", json=VIEW)
    assert saved.status_code == 201
    view = saved.json()
    assert (view["owner"], view["list"], view["query"]) == ("anna", "queue", VIEW["query"])
    path = f"/v1/views/{view['id']}"
    assert (await omar.get(path)).status_code == 404
    assert (await omar.get("/v1/views")).json()["items"] == []
    shared = await anna.put(path, json=VIEW | {"shared": True})
    assert shared.json()["shared"] is True
    assert [one["name"] for one in (await omar.get("/v1/views")).json()["items"]] == [VIEW["name"]]
    assert (await omar.put(path, json=VIEW)).status_code == 403
    assert (await omar.delete(path)).status_code == 403
    assert (await anna.delete(path)).status_code == 204
    assert (await anna.get(path)).status_code == 404


async def test_what_is_saved_can_be_asked(anna: AsyncClient, jan: AsyncClient) -> None:
    """I5: a view with a typing error is refused when it is saved, not found empty later"""
    for query in ({"customer": "acmee"}, {"custmer": "acme"}, {"q": "invoice"}, {"state": "lost"}):
        assert (await anna.post("/v1/views", json=VIEW | {"query": query})).status_code == 422, (
            query
        )
    everything: dict[str, object] = {
        "assignee": "anna",
        "team": "ops",
        "state": "new",
        "priority": "major",
    }
    everything |= {"kind": "incident", "mine": True, "due_before": "2030-01-08T00:00:00Z"}
    saved = (await anna.post("/v1/views", json={"name": "All", "query": everything})).json()
    assert (await anna.get("/v1/queue", params=saved["query"])).status_code == 200
    filters: dict[str, object] = {
        "q": "printer",
        "open": True,
        "tag": ["vip", "eu"],
        "watched": True,
        "mine": True,
    }
    searched = {"name": "Printers", "list": "tickets", "query": filters}
    saved = (await anna.post("/v1/views", json=searched)).json()
    assert saved["query"] == filters
    assert (await anna.get("/v1/tickets", params=saved["query"])).status_code == 200
    for foreign in ({"tag": ["vip"]}, {"watched": True}):
        body = VIEW | {"name": "Queue", "query": foreign}
        assert (await anna.post("/v1/views", json=body)).status_code == 422
    assert (await jan.get("/v1/views")).status_code == 403
    assert (await jan.post("/v1/views", json=VIEW)).status_code == 403


async def test_names_are_ones_own(anna: AsyncClient, omar: AsyncClient) -> None:
    assert (await anna.post("/v1/views", json=VIEW)).status_code == 201
    again = await anna.post("/v1/views", json=VIEW)
    assert (again.status_code, again.json()["type"]) == (409, "urn:opsdesk:error:name-taken")
    assert (await omar.post("/v1/views", json=VIEW)).status_code == 201
    other = (await anna.post("/v1/views", json=VIEW | {"name": "Other"})).json()
    assert (await anna.put(f"/v1/views/{other['id']}", json=VIEW)).status_code == 409


async def test_nobody_has_views_without_end(anna: AsyncClient) -> None:
    for number in range(100):
        body = {"name": f"View {number}", "query": {}}
        assert (await anna.post("/v1/views", json=body)).status_code == 201
    refused = await anna.post("/v1/views", json=VIEW)
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "urn:opsdesk:error:too-many-views",
    )
