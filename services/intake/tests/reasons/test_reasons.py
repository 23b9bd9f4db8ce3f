"""The audit trail is for ever and names no words: reasons stand beside it and can be erased (R16)."""

import hashlib
import json

import asyncpg
import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.persistence.database import Database
from intake.reasons.domain import digest_of, is_digest, words_in
from intake_support.tickets import act, open_ticket

REASON = "Jan says that few are concerned"
NEWEST = """
SELECT grounds ->> 'reason' AS given, words, salt FROM audit
LEFT JOIN reasons ON digest = grounds ->> 'reason' ORDER BY position DESC LIMIT 1
"""


@given(st.binary(min_size=32, max_size=32), st.text())
def test_a_digest_stands_for_these_words_alone(salt: bytes, words: str) -> None:
    words = words.encode(errors="ignore").decode()
    digest = digest_of(salt, words)
    assert is_digest(digest)
    assert digest == f"sha256:{hashlib.sha256(salt + words.encode()).hexdigest()}"
    assert digest != digest_of(salt, words + "x")
    assert digest != digest_of(salt[::-1] + b"x", words)


def test_codes_and_what_is_empty_are_no_reasons() -> None:
    grounds = {"reason": "why", "asked_because": "", "on": "customer", "wanted": "minor"}
    assert words_in(grounds) == {"reason": "why"}
    assert words_in({"reason": None}) == {}
    assert not is_digest("sha256: why")


async def history(who: AsyncClient, key: str) -> list[str]:
    items = (await who.get(f"/v1/tickets/{key}/history")).json()["items"]
    return [one["words"] for one in items]


async def test_the_trail_has_a_digest_and_the_history_the_words(
    anna: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "prioritise", priority="minor", reason=REASON)
    async with database.transaction() as tx:
        row = (await tx.execute(text(NEWEST))).one()
        assert row.given == digest_of(row.salt, REASON)
        assert REASON not in str(await tx.scalar(text("SELECT json_agg(audit) FROM audit")))
    assert (await history(anna, key))[-1].endswith(f"minor in place of major: {REASON}")


async def test_the_same_reason_twice_has_two_digests(anna: AsyncClient, database: Database) -> None:
    """Otherwise who knows one could tell another by guessing."""
    for _ in range(2):
        key = await open_ticket(anna, priority="major")
        await act(anna, key, "prioritise", priority="minor", reason=REASON)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(DISTINCT digest) FROM reasons")) == 2


async def test_what_is_erased_is_said_to_be(anna: AsyncClient, database: Database) -> None:
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "prioritise", priority="minor", reason=REASON)
    async with database.transaction() as tx:
        await tx.execute(text("DELETE FROM reasons"))
    (*_, last) = (await anna.get(f"/v1/tickets/{key}/history")).json()["items"]
    assert last["words"].endswith(": (erased)")
    assert last["parameters"]["reason"] == "(erased)"


async def test_entries_of_before_are_read_until_their_ticket_is_erased(
    anna: AsyncClient, database: Database
) -> None:
    """They have their reason in themselves, and cannot be changed."""
    key = await open_ticket(anna)
    id = (await anna.get(f"/v1/tickets/{key}")).json()["id"]
    async with database.transaction() as tx:
        entry = {"subject": f"ticket/{id}", "grounds": json.dumps({"reason": REASON})}
        old = (
            "INSERT INTO audit (at, who, action, subject, grounds) VALUES"
            " (intake.now(), 'omar', 'ticket.reopen', :subject, CAST(:grounds AS jsonb))"
        )
        await tx.execute(text(old), entry)
    assert (await history(anna, key))[-1] == f"omar reopened it: {REASON}"
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE tickets SET title = '[erased]'"))
    assert (await history(anna, key))[-1] == "omar reopened it: (erased)"


async def test_the_database_refuses_other_words_under_a_digest(
    anna: AsyncClient, owner_url: str
) -> None:
    key = await open_ticket(anna, priority="major")
    await act(anna, key, "prioritise", priority="minor", reason=REASON)
    owner = await asyncpg.connect(owner_url)
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("UPDATE intake.reasons SET words = 'something else'")
    await owner.close()


@pytest.mark.parametrize("path", ["contacts", "people"])
async def test_reasons_about_people_stand_beside_the_trail_too(
    anna: AsyncClient, database: Database, path: str
) -> None:
    if path == "contacts":
        (jan, *_) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
        route = f"/v1/customers/acme/contacts/{jan['id']}/end"
    else:
        route = "/v1/people/sven/end"
    answer = await anna.post(route, json={"reason": REASON})
    assert answer.status_code == 200, answer.text
    async with database.transaction() as tx:
        words = await tx.scalars(text("SELECT words FROM reasons WHERE who = 'anna'"))
        assert list(words) == [REASON]
        assert REASON not in str(await tx.scalar(text("SELECT json_agg(audit) FROM audit")))
