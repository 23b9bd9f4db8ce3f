"""Why a mail was held back, not read, or not believed: every sentence of intake has words in three languages."""

import re
from pathlib import Path

import pytest

from console.language.mail_reasons import mail_reasons
from console.language.sentences import in_words

ROOT = Path(__file__).parents[4]
MAIL = ROOT / "services/intake/src/intake/mail"
SOURCES: dict[str | Path, str] = {
    "domain/who_wrote.py": r'return f?"([^"]+ [^"]+)"',
    "domain/mime.py": r'return beginning\(raw\), \("([^"]+)",\)',
    "domain/parts.py": r'TOO_MANY_PARTS: Final = "([^"]+)"',
    "domain/auto_reply.py": r'^\s+"([a-z -]+)": ',
    "commands.py": r'NO_SENDER: Final = "([^"]+)"',
    "mail_reader.py": r'because = "([^"]+)"',
    ROOT / "libs/common/src/common/confined/limits.py": r'^    "(?!wall)\w+": "([^"]+)",',
}
"""Where intake writes the reasons, and how they are found there; what may be used to read a mail has sentences, too.

But for real time: a mail for which there was none is read again, and has no reason.
"""


def reasons() -> list[str]:
    """Return what intake may write, with something in each place for a fact."""
    found: list[str] = []
    for path, pattern in SOURCES.items():
        here = re.findall(pattern, (MAIL / path).read_text(), re.MULTILINE)
        assert here, f"nothing is found in {path} any more"
        found += here
    numbers = [re.sub(r"\{limits\.\w+\}", "768", one) for one in found]
    return [re.sub(r"\{\w+\}", "acme.example", one) for one in numbers]


@pytest.mark.parametrize("reason", reasons())
@pytest.mark.parametrize("language", ["en", "nl", "de"])
def test_every_reason_of_intake_has_words(language: str, reason: str) -> None:
    (found,) = mail_reasons(reason)
    shown = in_words(language, found)
    assert "<span" not in shown
    for fact in ("acme.example", "768"):
        assert (fact in shown) == (fact in reason)
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


def test_why_a_mail_was_not_read_is_told_with_the_limit() -> None:
    (found,) = mail_reasons("not read: it takes longer than 5 s to read")
    assert in_words("de", found) == "das Lesen dauert länger als 5 s"
