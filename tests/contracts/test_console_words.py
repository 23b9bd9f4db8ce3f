"""Codes that the services' documents call strings have words in the console, too."""

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from common.waiting import WaitingSource
from console.language.words import WORDS
from delivery_gate import waiting as delivery_gate
from escalation import waiting as escalation
from intake import waiting as intake
from sla import waiting as sla
from sla.clocks.domain import story_events
from sla.clocks.domain.clock import Outcome, State
from sla.clocks.domain.explanation import Reason
from sla.clocks.domain.story import EventKind
from sla.clocks.domain.story_events import RESUMES, STOPS
from sla.clocks.domain.story_terms import CHANGE_LABELS
from sla.outages.domain.outage import RecordKind
from sla.outages.store.corrections import CorrectionState

CODES = {
    "clock_state": State,
    "clock_event": EventKind,
    "correction_state": CorrectionState,
    "not_counted": Reason,
    "outage_record": RecordKind,
    "outcome": Outcome,
}

CODE_AT = 4
"""The position of the code among the arguments of a `StoryEvent`."""
CHOSEN = {
    "opened_earlier", "opened_later", "warned_share", "warned_before", "paused", "paused_counting",
    "reopened", "reopened_by_us", "open_again", "resumed", "cycle_news", "cycle_owed", "cycle_reopened",
}  # fmt: skip
"""Codes of events that a rule chooses between."""
SOURCES = (*delivery_gate.SOURCES, *escalation.SOURCES, *intake.SOURCES, *sla.SOURCES)


def test_what_happens_to_a_clock_has_words() -> None:
    codes = {*CHANGE_LABELS, *(f"stopped_{one}" for one in STOPS)}
    codes |= {f"resumed_{one}" for one in RESUMES}
    for path in Path(story_events.__file__).parent.glob("story_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = (one for one in ast.walk(tree) if isinstance(one, ast.Call))
        for call in calls:
            if getattr(call.func, "id", "") == "StoryEvent" and len(call.args) > CODE_AT:
                code = call.args[CODE_AT]
                codes |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    assert {"opened_promised", "waiver_approved", "stopped_resolved"} <= codes
    codes |= CHOSEN
    known = {*WORDS["event"], *WORDS["event_with_facts"]}
    assert codes - known == set(), "write them in console/language/event_words.py"


def test_what_the_gate_says_in_a_verdict_has_words() -> None:
    source = Path(delivery_gate.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("domain*/*.py")]
    texts += [path.read_text(encoding="utf-8") for path in source.rglob("domain.py")]
    codes = {code for text in texts for code in re.findall(r'justification_code="(\w+)"', text)}
    assert {"check_missing", "proof_missing", "never_verified", "environment_busy"} <= codes
    known = {*WORDS["justification"], *WORDS["justification_with_facts"]}
    assert codes <= known, "write them in console/language/delivery_words.py"


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.kind)
def test_why_something_waits_has_words_that_name_whom_the_service_names(
    source: WaitingSource,
) -> None:
    named = "{first}" in source.why
    words = WORDS["why_with_facts" if named else "why"]
    assert source.kind in words, "write them in console/language/why_words.py"
    assert ("%(first)s" in words[source.kind]) == named


@pytest.mark.parametrize("kind", CODES)
def test_every_value_of_the_domain_has_words(kind: str) -> None:
    values = set(get_args(CODES[kind]))
    assert values
    assert values <= WORDS[kind].keys()
