"""English words for what services say by a code: why something was not done, and what is wrong with a field."""

from collections.abc import Mapping
from typing import Final

from console.language.delivery_words import JUSTIFICATIONS, JUSTIFICATIONS_WITH_FACTS
from console.language.event_words import (
    EVENT_PARTS,
    EVENT_PARTS_WITH_FACTS,
    EVENTS,
    EVENTS_WITH_FACTS,
)
from console.language.fault_words import FAULTS, OF_FIELDS
from console.language.fault_words import WITH_FACTS as FAULTS_WITH_FACTS
from console.language.history_words import HISTORY, HISTORY_WITH_FACTS
from console.language.mail_reasons import ALONE
from console.language.mail_reasons import WITH_FACTS as MAIL_REASONS_WITH_FACTS
from console.language.problem_words import PROBLEMS, WITH_FACTS
from console.language.refusal_words import REASONS
from console.language.why_words import WHY, WHY_ALONE

Words = Mapping[str, str]

SENTENCES: Final[Mapping[str, Words]] = {
    "reason": {**PROBLEMS, **REASONS},
    "reason_with_facts": WITH_FACTS,
    "fault": FAULTS,
    "fault_with_facts": FAULTS_WITH_FACTS,
    "fault_of_field": OF_FIELDS,
    "history": HISTORY,
    "history_with_facts": HISTORY_WITH_FACTS,
    "event": EVENTS,
    "event_with_facts": EVENTS_WITH_FACTS,
    "event_part": EVENT_PARTS,
    "event_part_with_facts": EVENT_PARTS_WITH_FACTS,
    "justification": JUSTIFICATIONS,
    "justification_with_facts": JUSTIFICATIONS_WITH_FACTS,
    "mail_reason": ALONE,
    "mail_reason_with_facts": MAIL_REASONS_WITH_FACTS,
    "why": WHY_ALONE,
    "why_with_facts": WHY,
}
