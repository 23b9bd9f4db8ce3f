"""What notices say, in each language (R11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from intake.notices.domain.notice_text import LANGUAGES, NoticeFacts, notice_subject, notice_text

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize("language", [*LANGUAGES, "fr"])
@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("maintenance", "announced"),
        ("maintenance", "moved"),
        ("maintenance", "cancelled"),
        ("maintenance", "restored"),
        ("outage", "started"),
        ("outage", "cancelled"),
        ("outage", "restored"),
        ("delivery", "started"),
        ("delivery", "cancelled"),
        ("delivery", "restored"),
        ("agreement", "announced"),
        ("agreement", "cancelled"),
    ],
)
def test_every_notice_has_words_in_every_language(kind: Any, stage: Any, language: str) -> None:
    facts = NoticeFacts(kind, stage, "MNT-3", "acme-prod", NINE, NINE + timedelta(hours=1))
    text = notice_text(facts, language, "Jan", "Europe/Amsterdam")
    assert "{" not in text + notice_subject(facts, language)
    assert "acme-prod" in text
    assert "Jan" in text.splitlines()[0]
