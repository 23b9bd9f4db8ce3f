"""Which keys a request to intake may name (I5): the directory's, and those of the gate's deliveries."""

from typing import Final

from common.events.deliveries import DeliveryEvent
from common.http.known_keys import KnownKeys, References
from intake.change_requests.tables import deliveries
from intake.directory import known_keys

REFERENCES: Final[References] = {
    **known_keys.REFERENCES,
    "delivery": KnownKeys(deliveries.c.key, source_topic=DeliveryEvent.topic),
}
