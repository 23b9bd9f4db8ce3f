"""Lists by cursor."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ValidationFailed
from common.http import Paging, encode_cursor

instants = st.datetimes(timezones=st.just(UTC))
values = st.lists(instants | st.uuids() | st.text() | st.integers() | st.none(), max_size=4)


@given(values)
def test_a_cursor_decodes_to_the_values_it_was_made_from(position: list[Any]) -> None:
    assert Paging(cursor=encode_cursor(*position)).after == tuple(position)


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed):
        Paging(cursor=text)


@given(values, st.integers(0, 200), st.characters())
def test_an_edited_cursor_is_refused_or_unchanged(position: list[Any], at: int, char: str) -> None:
    given = encode_cursor(*position)
    edited = given[:at] + char + given[at + 1 :]
    try:
        assert Paging(cursor=edited).after == tuple(position)
    except ValidationFailed:
        return


def test_a_cursor_of_another_list_is_refused() -> None:
    other = Paging(cursor=encode_cursor(datetime(2026, 3, 1, tzinfo=UTC), UUID(int=1)))
    assert other.after_as(datetime, UUID) == (datetime(2026, 3, 1, tzinfo=UTC), UUID(int=1))
    for types in ((str, UUID), (datetime,), (datetime, UUID, int)):
        with pytest.raises(ValidationFailed):
            other.after_as(*types)
    assert Paging().after_as(str) is None


@pytest.mark.parametrize("position", [("b", 1), (7,), (UUID(int=7),), (None,), ()])
def test_a_list_in_memory_refuses_the_cursor_of_another(position: tuple[Any, ...]) -> None:
    page = Paging(cursor=encode_cursor(*position))
    for items in (["a", "b", "c"], []):
        with pytest.raises(ValidationFailed):
            page.slice(items, str.upper, lambda item: (item,), (str,))


def test_a_list_in_memory_goes_on_behind_its_own_cursor() -> None:
    page = Paging(limit=1, cursor=encode_cursor("a"))
    after = page.slice(["a", "b", "c"], str.upper, lambda item: (item,), (str,))
    assert (after.items, after.next) == (["B"], encode_cursor("b"))


async def test_pages_follow_each_other(anna: AsyncClient) -> None:
    first = (await anna.get("/v1/things?limit=2")).json()
    second = (await anna.get("/v1/things", params={"limit": 2, "cursor": first["next"]})).json()
    assert [item["name"] for page in (first, second) for item in page["items"]] == list("1234")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=abc", "cursor="])
async def test_a_wrong_query_is_a_422(anna: AsyncClient, query: str) -> None:
    answer = await anna.get(f"/v1/things?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/query/")


async def test_if_match_is_honoured(anna: AsyncClient) -> None:
    present = (await anna.get("/v1/things/a")).headers["etag"]
    assert present == '"7"'
    for fits in (present, "*", f'"3", {present}'):
        assert (await anna.put("/v1/things/a", headers={"If-Match": fits})).status_code == 200
    for stale in ('"6"', "W/" + present, "7", ""):
        answer = await anna.put("/v1/things/a", headers={"If-Match": stale})
        assert answer.status_code == 412
        assert answer.json()["present"] == {"name": "a"}
