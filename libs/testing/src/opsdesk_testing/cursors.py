"""Every list of a service is given the cursors of other lists; the lists come from its OpenAPI document."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any, Final
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.auth.permissions import STAFF
from common.http import encode_cursor
from opsdesk_testing.client import client

VALUES: Final = (datetime(2030, 1, 7, 9, tzinfo=UTC), UUID(int=7), "acme", 7, None)
"""One value of each type that a position in a list has."""
MAX_ACCEPTED: Final = 2
"""A list whose last rows have no deadline has cursors of two forms; all others have one."""


def cursors() -> Iterator[str]:
    """A cursor of every form that lists have: one or two values of all types; and longer ones."""
    yield encode_cursor(*VALUES)
    yield encode_cursor(*VALUES[:3])
    yield encode_cursor(VALUES[0], "acme", "acme")
    yield encode_cursor(0, VALUES[0], VALUES[1])
    yield encode_cursor(1, None, VALUES[1])
    for length in (1, 2):
        for position in product(VALUES, repeat=length):
            yield encode_cursor(*position)


async def check_lists(app: FastAPI, path_values: Mapping[str, str]) -> list[str]:
    """Assert that each list accepts its own form of cursor and answers any other with a 422.

    `path_values` name objects that exist, for the lists below one. Returns the lists' paths.
    """
    paths = list(_lists(app))
    everybody = client(app, "reader", roles=list(STAFF))
    async with everybody as caller:
        for path in paths:
            await _check_list(caller, path.format(**path_values))
    return paths


def _lists(app: FastAPI) -> Iterator[str]:
    for path, operations in app.openapi()["paths"].items():
        parameters: list[dict[str, Any]] = operations.get("get", {}).get("parameters", [])
        if any(one["name"] == "cursor" for one in parameters):
            yield path


async def _check_list(caller: AsyncClient, path: str) -> None:
    accepted = 0
    for cursor in cursors():
        response = await caller.get(path, params={"cursor": cursor})
        if response.status_code == 200:
            accepted += 1
        else:
            _assert_refused(response, path)
    assert 1 <= accepted <= MAX_ACCEPTED, f"{path} accepts {accepted} forms of cursors"


def _assert_refused(response: Response, path: str) -> None:
    assert response.status_code == 422, f"{path}: {response.status_code} {response.text}"
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/query/cursor", "cursor")
