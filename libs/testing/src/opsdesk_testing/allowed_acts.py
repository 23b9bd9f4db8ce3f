"""For tests of every service: what `allowed` says of a thing is what its routes then do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient, Response

Json = dict[str, Any]
WITHOUT_RULE = {"permission_missing"}
"""Codes of acts that are refused before any rule is asked."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an act is asked of its route, below the thing's address, from which path and body may be made."""

    path: str | Callable[[str], str]
    body: Json | Callable[[str], Json] | None = None
    method: str = "POST"

    async def ask(self, caller: AsyncClient, address: str) -> Response:
        body = self.body(address) if callable(self.body) else self.body
        path = self.path(address) if callable(self.path) else self.path
        return await caller.request(self.method, address + path, json=body)


async def allowed_of(reader: AsyncClient, address: str) -> Mapping[str, Json]:
    """What a thing says that its reader may do, by act."""
    answer = await reader.get(address)
    assert answer.is_success, answer.text
    return {one["act"]: one for one in answer.json()["allowed"]}


async def check_allowed_acts(
    caller: AsyncClient, ways: Mapping[str, Way], bring: Callable[[], Awaitable[str]]
) -> set[str]:
    """Try every act of a thing on its route, and assert that `allowed` told what happens and why.

    `bring` makes a thing, brings it to a state and returns its address; each act that is possible gets its own.
    Returns the acts that were possible.
    """
    untouched = await bring()
    allowed = await allowed_of(caller, untouched)
    assert {*allowed} == {*ways}, "every act has a way, and none is missing"
    for act, way in ways.items():
        shown = allowed[act]
        address = await bring() if shown["possible"] else untouched
        answer = await way.ask(caller, address)
        assert answer.is_success == shown["possible"], f"{act}: {shown}, but {answer.text}"
        assert shown["possible"] == (shown["why_not"] is None)
        if not answer.is_success and shown["why_not"]["code"] not in WITHOUT_RULE:
            problem = answer.json()
            code = problem["type"].rpartition(":")[2].replace("-", "_")
            assert shown["why_not"]["code"] == code, act
            assert shown["why_not"]["detail"] == problem["detail"], act
    return {act for act, shown in allowed.items() if shown["possible"]}
