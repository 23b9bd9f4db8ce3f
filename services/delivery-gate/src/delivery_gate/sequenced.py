"""Where the delivery gate stores the sequences of its events and the numbers of its keys."""

from typing import Final

from common.persistence.sequenced import NumberSequence, Sequenced, Subjects
from delivery_gate.deliveries.tables import deliveries
from delivery_gate.emergencies.tables import emergency_changes
from delivery_gate.environments.tables import environments
from delivery_gate.follow_ups.tables import follow_ups
from delivery_gate.versions.tables import versions

SEQUENCED: Final[Subjects] = {
    "version": Sequenced(versions),
    "delivery": Sequenced(deliveries),
    "follow-up": Sequenced(follow_ups),
    "emergency": Sequenced(emergency_changes),
    "environment": Sequenced(environments),
}
NUMBERS: Final = (
    NumberSequence("delivery_numbers", "DEL", "delivery"),
    NumberSequence("emergency_numbers", "EMC", "emergency"),
    NumberSequence("follow_up_numbers", "FUP", "follow_up"),
)
