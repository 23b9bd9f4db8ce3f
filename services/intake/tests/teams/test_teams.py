"""Teams, and tickets that are assigned to them."""

from typing import Any

from httpx import AsyncClient

from intake_support.tickets import act, open_ticket

NETWORK = {"key": "network", "name": "Network", "members": ["sven", "anna"]}


async def test_roles_are_teams_and_the_house_makes_others(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    made = await anna.post("/v1/teams", json=NETWORK)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/teams/network")
    assert made.json()["members"] == ["anna", "sven"]
    listed = {one["key"]: one for one in (await anna.get("/v1/teams")).json()["items"]}
    assert listed["network"]["is_role"] is False
    assert (listed["second_level"]["is_role"], listed["second_level"]["members"]) == (
        True,
        ["sven"],
    )
    again = await anna.post("/v1/teams", json=NETWORK)
    assert (again.status_code, again.json()["code"]) == (409, "NAME_TAKEN")
    assert (await jan.get("/v1/teams")).status_code == 403


async def test_teams_are_listed_page_by_page_roles_first(anna: AsyncClient) -> None:
    for key in ("network", "databases", "storage"):
        assert (await anna.post("/v1/teams", json=NETWORK | {"key": key})).status_code == 201
    whole = (await anna.get("/v1/teams", params={"limit": 200})).json()
    assert whole["next"] is None
    keys = [one["key"] for one in whole["items"]]
    assert keys[-3:] == ["databases", "network", "storage"]
    assert [one["is_role"] for one in whole["items"]] == [True] * (len(keys) - 3) + [False] * 3
    for limit in (1, 2, len(keys) - 3):
        paged: list[str] = []
        query: dict[str, Any] = {"limit": limit}
        while len(paged) < len(keys):
            page = (await anna.get("/v1/teams", params=query)).json()
            assert len(page["items"]) == min(limit, len(keys) - len(paged))
            paged += [one["key"] for one in page["items"]]
            query["cursor"] = page["next"]
        assert (paged, query["cursor"]) == (keys, None)
    strange = await anna.get("/v1/teams", params={"cursor": "x"})
    assert (strange.status_code, strange.json()["errors"][0]["pointer"]) == (422, "/query/cursor")


async def test_members_are_changed_but_not_those_of_a_role(anna: AsyncClient) -> None:
    await anna.post("/v1/teams", json=NETWORK)
    changed = await anna.put("/v1/teams/network", json={"name": "Net", "members": ["sven"]})
    assert (changed.json()["name"], changed.json()["members"]) == ("Net", ["sven"])
    refused = await anna.put("/v1/teams/second_level", json={"name": "x", "members": []})
    assert (refused.status_code, refused.json()["code"]) == (409, "TEAM_IS_ROLE")
    unknown = await anna.put("/v1/teams/network", json={"name": "Net", "members": ["swen"]})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/members/0")
    assert (await anna.get("/v1/teams/nobody")).status_code == 404


async def test_a_ticket_is_given_to_a_team_until_one_of_them_takes_it(anna: AsyncClient) -> None:
    await anna.post("/v1/teams", json=NETWORK)
    key = await open_ticket(anna)
    given = (await act(anna, key, "assign", team="network")).json()
    assert (given["team"], given["assignee"], given["state"]) == ("network", None, "new")
    taken = (await act(anna, key, "assign", to="sven", team="network")).json()
    assert (taken["team"], taken["assignee"], taken["state"]) == ("network", "sven", "in_progress")


async def test_assigned_to_nobody_or_to_an_unknown_team_is_refused(anna: AsyncClient) -> None:
    """I5"""
    key = await open_ticket(anna)
    nobody = await act(anna, key, "assign")
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "nobody")
    await anna.post("/v1/teams", json=NETWORK)
    unknown = await act(anna, key, "assign", team="netwerk")
    assert unknown.status_code == 422
    assert "network" in unknown.json()["errors"][0]["detail"]
