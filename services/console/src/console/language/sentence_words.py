"""English words for what services say by a code: why something was not done, and what is wrong with a field."""

from collections.abc import Mapping
from typing import Final

from console.language.fault_words import FAULTS, WITH_QUOTES
from console.language.problem_words import PROBLEMS, WITH_FACTS
from console.language.refusal_words import REASONS

Words = Mapping[str, str]

SENTENCES: Final[Mapping[str, Words]] = {
    "reason": {**PROBLEMS, **REASONS},
    "reason_with_facts": WITH_FACTS,
    "fault": FAULTS,
    "fault_with_facts": WITH_QUOTES,
}
