"""Where escalation stores the sequences of its events and the numbers of its keys."""

from typing import Final

from common.persistence.sequenced import NumberSequence, Sequenced, Subjects
from escalation.cases.tables import escalations

SEQUENCED: Final[Subjects] = {"escalation": Sequenced(escalations)}
NUMBERS: Final = (NumberSequence("escalation_keys", "ESC", "escalation"),)
