"""What a linked system posts is read as far as it can be, and kept where it cannot: it is not sent again corrected."""

import hashlib

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake.linked_tickets.receiving import MAX_NAME_CHARS
from intake_support.linked_tickets import Linked, Post, links_of, messages_of
from intake_support.outgoing import run_sql


@pytest.mark.parametrize("cut", ["It is down \ud83d", "It is\0down \udc00"])
async def test_half_an_emoji_or_a_nul_loses_no_comment(
    anna: AsyncClient, linked: Linked, post: Post, cut: str
) -> None:
    """Programs cut words at a length, and then half of the last character is left."""
    answer = await post(linked.id, "cut", comment=cut)
    assert answer.json() == {"outcome": "applied"}, answer.text
    (shown,) = [
        one["text"] for one in await messages_of(anna, linked.key) if "It is" in one["text"]
    ]
    assert "down \ufffd" in shown


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b'{"sys_id": "1", "comment": "cut off',
        b'{"sys_id": "\xff\x00", "detail": ' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"issue": {"id": ' + b"9" * 5000 + b"}}",
    ],
)
async def test_what_is_no_json_is_kept_as_it_came(
    anna: AsyncClient, linked: Linked, post_raw: Post, raw: bytes
) -> None:
    for _ in range(2):
        answer = await post_raw(raw)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "unreadable"}), answer.text
    (receipt,) = (await anna.get("/v1/linked-systems/peer/receipts")).json()["items"]
    assert receipt["raw"].startswith(raw.decode("utf-8", "replace").replace("\0", "\ufffd")[:10])


async def test_a_name_of_an_event_that_no_index_takes_is_known_again(
    anna: AsyncClient, linked: Linked, post: Post, database: Database
) -> None:
    name = "".join(
        hashlib.sha256(bytes([n])).hexdigest() for n in range(140)
    )  # nothing compresses it
    for _ in range(2):
        answer = await post(linked.id, name, comment="We see it too.")
        assert answer.json() == {"outcome": "applied"}, answer.text
    shown = [one["text"] for one in await messages_of(anna, linked.key)]
    assert sum("We see it too." in one for one in shown) == 1
    await post(linked.id, "8", priority="x" * 50_000)
    (link,) = await links_of(anna, linked.key)
    assert len(link["known"]["priority"]) == MAX_NAME_CHARS
    longest = "SELECT max(length(text)) FROM messages"
    assert (await run_sql(database, longest))[0][0] < 1_000
