"""Codes that the services' documents call strings have words in the console, too."""

from typing import get_args

import pytest

from console.language.words import WORDS
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


@pytest.mark.parametrize("kind", CODES)
def test_every_value_of_the_domain_has_words(kind: str) -> None:
    values = set(get_args(CODES[kind]))
    assert values
    assert values <= WORDS[kind].keys()
