"""The words with which monitors name a severity (I4)."""

import pytest

from intake.alerts.domain.severity import (
    SEVERITY_WORDS,
    assess_severity,
    priority_of_word,
    severity_in_title,
)
from intake.tickets.domain.priority import PRIORITIES

MEANT = {
    "blocker": "blocker emergency EMERG fatal Disaster P1 p0 SEV1 sev-1 Sev_0 page S1 prio1 URGENT",
    "critical": "critical CRIT P2 sev2 High down",
    "major": "major error err warning WARN P3 medium Average sev3",
    "minor": "minor low P4 notice",
    "trivial": "trivial info P5 debug informational none",
}


@pytest.mark.parametrize(("priority", "words"), MEANT.items())
def test_a_word_means_a_priority(priority: str, words: str) -> None:
    assert {priority_of_word(word) for word in words.split()} == {priority}


@pytest.mark.parametrize(
    ("words", "priority"),
    [
        ("P1 - Critical", "blocker"),
        ("P2/High", "critical"),
        ("Sev 1 (Critical)", "blocker"),
        ("SEV-3: degraded", "major"),
        ("1 - High", "critical"),
        ("Disaster!", "blocker"),
        ("critical, page", "critical"),
        ("Severity: Warning", "major"),
    ],
)
def test_several_words_mean_the_first_known_one(words: str, priority: str) -> None:
    assert priority_of_word(words) == priority


@pytest.mark.parametrize(
    "word",
    ["non-critical", "no info", "purple rain", "purple", "1", "", "p9", "sev", "not critical"],
)
def test_an_unknown_word_is_taken_as_critical(word: str) -> None:
    assert priority_of_word(word) is None
    assert assess_severity(word).priority == "critical"


def test_without_a_severity_it_is_the_middle() -> None:
    assert assess_severity(None).priority == "major"


def test_each_word_stands_once() -> None:
    words = [word for line in SEVERITY_WORDS.values() for word in line.split()]
    assert len(words) == len(set(words))
    assert list(SEVERITY_WORDS) == list(PRIORITIES)


def test_a_title_may_name_it() -> None:
    assert severity_in_title("[Prod] [P1] [Triggered] Checkout") == "P1"
    assert severity_in_title("Checkout [blue]") is None
    assert severity_in_title("[Triggered on {level:info}] Checkout") is None
