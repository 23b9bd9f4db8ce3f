"""No regular expression takes more than linear time, whatever text from outside it meets.

Python's `re` goes back and tries again, and holds the interpreter's lock meanwhile: 120 kB of blanks
without a line end once stopped intake for 40 seconds. Patterns of request models are matched by
pydantic's engine, which cannot go back. What libraries match is confined (`common.confinement`).
"""

import re
from pathlib import Path
from time import process_time

import pytest

from common.domain.visible_text import VISIBLE
from console.language.mail_reasons import DOUBTS
from intake.mail.domain.auto_reply import _ABSENCE_SUBJECT
from tests.security.regexes import Use, find_uses, hostile_texts, unwritten

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
LENGTH = 8_000
QUICK_S = 0.03
"""What a linear pattern takes at most for LENGTH characters; a quadratic one takes ten times that."""
MOST_GROWTH = 25
"""Ten times the text may take so many times as long: ten, and the unrest of the machine."""
PUT_TOGETHER = {
    "services/console/src/console/language/mail_reasons.py",
    "services/intake/src/intake/articles/domain/personal_data.py",
    "services/intake/src/intake/mail/domain/auto_reply.py",
    "services/intake/src/intake/mail/domain/environment_choice.py",
    "libs/common/src/common/restoration/key_numbers.py",
    "libs/common/src/common/domain/visible_text.py",
}
"""Where a pattern is put together at run time: USES has each as it can become."""

OWN_TEXT = (
    # Statements and schemas that we wrote ourselves.
    "libs/common/src/common/persistence/lock_waits.py",
    "libs/common/src/common/persistence/migrations.py",
    "libs/common/src/common/persistence/schema_dump.py",
    # Names and texts of our own API.
    "libs/common/src/common/http/openapi.py",
    "libs/common/src/common/settings_checks.py",
    "libs/common/src/common/settings.py",
)

USES = [
    *(one for one in find_uses(ROOT) if not one.where.startswith(OWN_TEXT)),
    *(Use("mail_reasons", pattern, 0, "fullmatch") for pattern, _ in DOUBTS.values()),
    Use("visible_text", VISIBLE, 0, "search"),
    Use("auto_reply", _ABSENCE_SUBJECT.pattern, _ABSENCE_SUBJECT.flags, "search"),
    Use("environment_choice", r"(?<![\w-])acme-prod(?![\w-])", re.IGNORECASE, "search"),
    Use("personal_data", r"(?<!\w)Jan\ Jansen(?!\w)", re.IGNORECASE, "sub"),
    Use("key_numbers", rb'"(ticket|key)":\s*"([A-Z]+)-(\d{1,18})"', 0, "finditer"),
]


def seconds(use: Use, text: str) -> float:
    began = process_time()
    use.apply(text)
    return process_time() - began


def growth(use: Use) -> float:
    """How much longer the worst text of ten times the length takes; 0 where all are quick."""
    worst = 0.0
    for short, long in zip(
        hostile_texts(use.pattern, LENGTH // 10), hostile_texts(use.pattern, LENGTH), strict=True
    ):
        if (took := seconds(use, long)) > QUICK_S:
            took = min(took, seconds(use, long))
            worst = max(worst, took / max(min(seconds(use, short) for _ in range(3)), 1e-6))
    return worst


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.where} {use.method}")
def test_ten_times_the_text_takes_ten_times_as_long(use: Use) -> None:
    assert growth(use) < MOST_GROWTH


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (rb"(?:[!-9;-~]+:[^\n]*\n|[ \t]+[^\n]*\n)*", "match"),
        (r"\s+$", "search"),
        (r"<[^>]*>", "sub"),
    ],
)
def test_a_pattern_that_goes_back_is_noticed(pattern: str | bytes, method: str) -> None:
    """The first one is what stopped intake."""
    assert growth(Use("here", pattern, 0, method)) > MOST_GROWTH


def test_every_pattern_is_looked_at() -> None:
    assert len(USES) >= 25
    assert unwritten(ROOT) == PUT_TOGETHER


def test_models_are_matched_by_the_engine_that_cannot_go_back() -> None:
    sources = [
        file for one in ("libs", "services", "opsdesk") for file in (ROOT / one).glob("**/*.py")
    ]
    assert [str(one) for one in sources if "python-re" in one.read_text("utf-8")] == []
