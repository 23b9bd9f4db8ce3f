"""For tests of every service: what takes two people is refused to the first one, by any account (R1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch
from uuid import UUID

from fastapi import FastAPI
from httpx import Response
from sqlalchemy import text

from common.auth import persons
from common.auth.persons import record_person
from common.events.directory import PersonKnown
from common.http.problems import ONE_PERSON
from common.now import now
from common.persistence.database import Database
from opsdesk_testing.client import client
from opsdesk_testing.effects import Effect, two_person_effects
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.tokens import CONTACTS, STAFF

WAITS = "WAITS"
"""The code of what is accepted and changes nothing until a second person asks for the same."""
ANOTHER_ACCOUNT = "another-account"
"""An account of the first person, with that one's address."""

LEAVES_NO_NAME = frozenset({"reject_follow_up", "reject_resolution", "send_back_action"})
"""They open work again, which hides nothing, and the row names nobody: the rule alone refuses them."""


@dataclass(frozen=True, slots=True)
class TwoPersonRequest:
    """What `first` has asked for, and the call by which `second` makes it take effect."""

    first: str
    second: str
    path: str
    body: Any = None
    method: str = "POST"


def effects_of(app: FastAPI) -> dict[str, Effect]:
    """The effects of this service that take two people, by operation."""
    methods = (one for path in app.openapi()["paths"].values() for one in path.values())
    operations = {operation["operationId"] for operation in methods}
    return {one.operation: one for one in two_person_effects() if one.operation in operations}


async def check_takes_two(
    app: FastAPI, database: Database, effect: Effect, asked: TwoPersonRequest
) -> None:
    """Assert that the first person is refused with every account, and the second one is not.

    With the other account the rule refuses it, and without the rule the database does.
    """
    await announce_address(database, asked.first)
    announced = await _count_announced(database, effect)
    for account in (asked.first, ANOTHER_ACCOUNT):
        entries = await _count_audit_entries(database)
        refused = await call(app, asked, account, f"{asked.first}@ours.example")
        if effect.condition == WAITS:
            assert refused.is_success, (account, refused.text)
        else:
            assert refused.status_code == 403, (account, refused.status_code, refused.text)
            assert refused.json()["code"] == effect.condition, (account, refused.text)
        assert await _count_announced(database, effect) == announced, account
        assert await _count_audit_entries(database) > entries, "what was denied is on record"
    if effect.condition != WAITS and effect.operation not in LEAVES_NO_NAME:
        with _rule_forgotten():
            refused = await call(app, asked, ANOTHER_ACCOUNT, f"{asked.first}@ours.example")
        assert refused.status_code == 403, (refused.status_code, refused.text)
        assert refused.json()["detail"] == ONE_PERSON, refused.text
        assert await _count_announced(database, effect) == announced
    done = await call(app, asked, asked.second, f"{asked.second}@ours.example")
    assert done.is_success, done.text
    if effect.announced is not None:
        assert await _count_announced(database, effect) == announced + 1, effect.announced


@contextmanager
def _rule_forgotten() -> Iterator[None]:
    """Let every account count as a person of its own in the rules; the database knows better."""
    nobody = text(
        "SELECT CAST(NULL AS text) WHERE CAST(:account AS text) IS NULL"
        " AND CAST(:others AS text[]) IS NULL"
    )
    with patch.object(persons, "_COUNTED_AS", nobody):
        yield


async def call(app: FastAPI, asked: TwoPersonRequest, sub: str, email: str) -> Response:
    """Call as `sub`, with the rights of the second person, so that only the person is in the way."""
    async with client(app, sub, email=email, **rights_of(asked.second)) as caller:
        return await caller.request(asked.method, asked.path, json=asked.body)


def rights_of(person: str) -> dict[str, Any]:
    """The claims that give an account this person's rights."""
    if person in CONTACTS:
        return {"customer": CONTACTS[person]}
    return {"roles": list(STAFF.get(person, ()))}


async def announce_address(database: Database, sub: str) -> None:
    """Announce this person's address, by which accounts with it are theirs."""
    event = PersonKnown(
        at=now(),
        person_id=UUID(int=0x9E),
        sub=sub,
        name=sub,
        email=f"{sub}@ours.example",
        timezone="UTC",
        roles=[],
    )
    async with database.transaction() as tx:
        await record_person(tx, event)


async def _count_announced(database: Database, effect: Effect) -> int:
    found = [one for one in await outbox_events(database) if one.type == effect.announced]
    return len({(one.subject, one.sequence) for one in found})  # one event goes to several topics


async def _count_audit_entries(database: Database) -> int:
    async with database.transaction() as tx:
        return await tx.scalar(text("SELECT count(*) FROM audit")) or 0
