"""Codes that the services' documents call strings have words in the console, too."""

from typing import get_args

import pytest

from common.waiting import WaitingSource
from console.language.words import WORDS
from delivery_gate import waiting as delivery_gate
from escalation import waiting as escalation
from intake import waiting as intake
from sla import waiting as sla
from sla.clocks.domain.clock import Outcome, State
from sla.clocks.domain.explanation import Reason
from sla.clocks.domain.story import EventKind
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

SOURCES = (*delivery_gate.SOURCES, *escalation.SOURCES, *intake.SOURCES, *sla.SOURCES)


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
