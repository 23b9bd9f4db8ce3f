"""Sessions end by themselves, and keys change without signing everybody out."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import Response

from common.persistence.database import Database
from common.retention import delete_old
from console.sessions import store
from console.sessions.cookies import ATTEMPT, Cookies
from console.sessions.forgery import form_token, is_forged
from console.sessions.seal import Seal, Tokens
from console.sessions.store import Limits, Person
from console.settings import ConsoleSettings

OLD = "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleSE="
NEW = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleSE="
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIMITS = Limits(timedelta(hours=12), timedelta(hours=8))
ANNA = Person("anna", "Anna", ("ops",), None)
TOKENS = Tokens("access", "renewal", "identity")


async def started(database: Database) -> str:
    name = store.new_name()
    async with database.transaction() as tx:
        sealed = Seal([OLD]).close_tokens(TOKENS)
        await store.start(tx, name, ANNA, sealed, NOON, "A browser", NOON, LIMITS)
    return name


@pytest.mark.parametrize(
    ("seen_after_h", "at_h", "is_there"),
    [(0, 7.9, True), (0, 8, False), (7, 11.9, True), (7, 12, False)],
)
async def test_a_session_ends_when_nobody_comes_and_after_a_shift(
    database: Database, seen_after_h: float, at_h: float, is_there: bool
) -> None:
    name = await started(database)
    async with database.transaction() as tx:
        await store.find(tx, name, NOON + timedelta(hours=seen_after_h), LIMITS)
        found = await store.find(tx, name, NOON + timedelta(hours=at_h), LIMITS)
    assert (found is not None) is is_there


async def test_another_name_opens_nothing(database: Database) -> None:
    await started(database)
    async with database.transaction() as tx:
        assert await store.find(tx, store.new_name(), NOON, LIMITS) is None


async def test_nobody_ends_the_session_of_somebody_else(database: Database) -> None:
    await started(database)
    async with database.transaction() as tx:
        [session] = await store.of_person(tx, "anna", NOON)
        assert not await store.end_other(tx, "omar", session.id)
        assert await store.end_other(tx, "anna", session.id)


async def test_of_an_ended_session_nothing_is_kept(
    database: Database, settings: ConsoleSettings
) -> None:
    await started(database)  # in March; it is later by now
    async with database.transaction() as tx:
        assert await delete_old(tx, store.RETENTION, settings) == 1


def test_a_new_key_opens_what_the_old_one_sealed() -> None:
    sealed = Seal([OLD]).close_tokens(TOKENS)
    assert Seal([NEW, OLD]).open_tokens(sealed) == TOKENS
    assert Seal([NEW]).open_tokens(sealed) is None
    assert Seal([NEW]).open(b"nonsense") is None


def test_the_token_of_a_form_is_of_its_session_alone() -> None:
    origin, own = "https://desk.example", form_token("mine")
    assert not is_forged({}, origin, "mine", own)
    assert not is_forged({"origin": origin, "sec-fetch-site": "same-origin"}, origin, "mine", own)
    assert is_forged({}, origin, "yours", own)
    assert is_forged({}, origin, "mine", "")
    assert is_forged({"origin": "null"}, origin, "mine", own)
    assert is_forged({"sec-fetch-site": "same-site"}, origin, "mine", own)


def test_with_https_no_other_host_and_no_plain_page_sets_a_cookie() -> None:
    response = Response()
    Cookies(is_secure=True).give(response, ATTEMPT, "value", 600)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-opsdesk-try=value;")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie
    assert "Domain" not in cookie
