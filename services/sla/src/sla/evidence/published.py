"""The heads on the topic `opsdesk.evidence`: what was published cannot be taken back from there."""

from common.events.evidence import EvidenceAnchored
from common.messaging.kafka import Kafka
from common.restoration.own_records import read_own_records


async def read_published_heads(kafka: Kafka) -> list[str]:
    """Return all heads on the topic, oldest first. Raises KafkaError, TopicsNotReadable, TimeoutError."""
    return [
        EvidenceAnchored.model_validate_json(record.body).head
        async for records in read_own_records(
            kafka, EvidenceAnchored.source, [EvidenceAnchored.topic]
        )
        for record in records
        if record.type == EvidenceAnchored.type
    ]
