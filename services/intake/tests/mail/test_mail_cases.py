"""Mails that were read wrongly once, one fault each: `cases/*.eml`, with what is right in expected.json."""

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import AsyncClient

from intake.mail.reading import read

CASES: Final = Path(__file__).parent / "cases"
EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((CASES / "expected.json").read_text())[
    "mails"
]
MEDIA: Final = {"Content-Type": "message/rfc822"}


def one_line(text: str) -> str:
    return " ".join(text.split())


def written(message: dict[str, Any]) -> str:
    """What staff read of a message, with what they unfold."""
    return one_line(f"{message['text']} {message['history'] or ''}")


@pytest.mark.parametrize("name", sorted(EXPECTED))
async def test_a_mail_is_read_as_it_was_meant(
    gateway: AsyncClient, anna: AsyncClient, name: str
) -> None:
    """I1, I2, I3"""
    expected = EXPECTED[name]
    raw = (CASES / f"{name}.eml").read_bytes()
    answer = (await gateway.post("/v1/emails", content=raw, headers=MEDIA)).json()
    assert answer["outcome"] == "opened"
    key = answer["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    (message,) = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    (jan,) = (await anna.get("/v1/customers/acme/contacts")).json()["items"]
    if expected["outcome"] == "ticket":
        assert (ticket["customer"], ticket["contact_id"]) == ("acme", jan["id"])
        assert message["author"] == f"contact/{jan['id']}"
    else:
        assert (ticket["customer"], ticket["contact_id"]) == (None, None)
        assert ticket["reporter"] == expected["sender"]
        assert message["author"] == "unknown"
    for words in expected["text_contains"]:
        assert one_line(words) in written(message)
    for words in expected.get("text_lacks", ()):
        assert words not in written(message)
    names = [file["name"] for file in message["attachments"]]
    for pattern in expected.get("attachments", ()):
        assert any(fnmatch(file, pattern) for file in names), names
    assert ticket["title"] == expected.get("title", ticket["title"])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_also_in_an_answer_everything_is_shown_or_unfolded(name: str) -> None:
    """I3"""
    mail = read((CASES / f"{name}.eml").read_bytes())
    shown = one_line(f"{mail.answer.text} {mail.answer.history or ''}")
    for words in EXPECTED[name]["text_contains"]:
        assert one_line(words) in shown
