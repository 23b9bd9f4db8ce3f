"""What intake says waits too long for a second person has words in a case of escalation."""

from escalation.cases.handlers.second_eyes import WORDS
from intake.second_eyes.commands import escalated_here
from intake.waiting import SOURCES


def test_each_kind_has_words_and_no_other() -> None:
    kinds = {one.kind for one in escalated_here(SOURCES)}
    assert kinds == WORDS.keys(), "write them in escalation/cases/handlers/second_eyes.py"
