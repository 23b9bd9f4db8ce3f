"""For tests of every service: what takes two people waits for the second one, and is shown to no first one."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI

from common.persistence.database import Database
from common.waiting import WaitingSource, operations_of
from opsdesk_testing.client import client
from opsdesk_testing.effects import Effect
from opsdesk_testing.second_person import (
    ANOTHER_ACCOUNT,
    WAITS,
    TwoPersonRequest,
    announce_address,
    call,
    rights_of,
)


async def list_waiting(
    app: FastAPI, account: str, rights: dict[str, Any] | None = None, query: str = ""
) -> list[dict[str, Any]]:
    """Return the items that wait for this account, with the rights of its own or with these."""
    async with client(app, account, **(rights or {})) as caller:
        answer = await caller.get(f"/v1/waiting-for-me{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def check_waits_for_second_person(
    app: FastAPI,
    database: Database,
    sources: Sequence[WaitingSource],
    effect: Effect,
    asked: TwoPersonRequest,
) -> None:
    """Assert that what `first` asked for waits for the second person, and for no account of the first."""
    kind = operations_of(sources)[effect.operation]
    await announce_address(database, asked.first)
    if effect.condition == WAITS:
        assert (await call(app, asked, asked.first, f"{asked.first}@ours.example")).is_success
    shown = await list_waiting(app, asked.second, query=f"?kind={kind}")
    found = [item for item in shown if _is_about(item, asked)] if len(shown) > 1 else shown
    assert len(found) == 1, (kind, asked.path, shown)
    for account in (asked.first, ANOTHER_ACCOUNT):
        own = rights_of(asked.second) | {"email": f"{asked.first}@ours.example"}
        theirs = await list_waiting(app, account, own, f"?kind={kind}")
        assert found[0] not in theirs, (account, theirs)


async def check_waits_no_more(
    app: FastAPI, sources: Sequence[WaitingSource], effect: Effect, asked: TwoPersonRequest
) -> None:
    """Assert that it is gone from the list, once the second person has acted."""
    kind = operations_of(sources)[effect.operation]
    shown = await list_waiting(app, asked.second, query=f"?kind={kind}")
    assert not [item for item in shown if _is_about(item, asked)], shown


def _is_about(item: dict[str, Any], asked: TwoPersonRequest) -> bool:
    return asked.path.startswith(item["href"]) or item["key"] in asked.path
