"""Why a mail was held back, not read, or not believed: every sentence of intake has words in three languages."""

import re
from pathlib import Path

import pytest

from console.language.mail_reasons import mail_reasons
from console.language.sentences import in_words

ROOT = Path(__file__).parents[4]
MAIL = ROOT / "services/intake/src/intake/mail"
SOURCES = {
    "domain/who_wrote.py": r'return f?"([^"]+ [^"]+)"',
    "domain/mime.py": r'return beginning\(raw\), \("([^"]+)",\)',
    "domain/parts.py": r'defects = \("([^"]+)",\)',
    "domain/auto_reply.py": r'^\s+"([a-z -]+)": ',
    "commands.py": r'NO_SENDER: Final = "([^"]+)"',
}
"""Where intake writes the reasons, and how they are found there."""


def reasons() -> list[str]:
    """Return what intake may write, with something in each place for a fact."""
    found: list[str] = []
    for path, pattern in SOURCES.items():
        here = re.findall(pattern, (MAIL / path).read_text(), re.MULTILINE)
        assert here, f"nothing is found in {path} any more"
        found += here
    return [re.sub(r"\{\w+\}", "acme.example", one) for one in found]


@pytest.mark.parametrize("reason", reasons())
@pytest.mark.parametrize("language", ["en", "nl", "de"])
def test_every_reason_of_intake_has_words(language: str, reason: str) -> None:
    (found,) = mail_reasons(reason)
    shown = in_words(language, found)
    assert "<span" not in shown
    assert ("acme.example" in shown) == ("acme.example" in reason)
    if language != "en":
        assert shown != in_words("en", found)


def test_several_reasons_are_told_one_by_one() -> None:
    both = "its From header names nobody, several people, or cannot be read; not read: structure unreadable"
    assert [in_words("nl", one) for one in mail_reasons(both)] == [
        "de mail noemt geen afzender, of meer dan een",
        "de opbouw van de mail is onleesbaar",
    ]
    assert mail_reasons(None) == ()


def test_a_reason_that_is_new_is_shown_as_intake_wrote_it() -> None:
    (found,) = mail_reasons("it came from the moon")
    assert in_words("nl", found) == '<span lang="en">it came from the moon</span>'
