"""Events of consumers that put records aside, on `opsdesk.dead-letters`."""

from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class RecordDeadLettered(Event):
    """A consumer put a record aside that it cannot apply. The record stays in the service's schema."""

    topic: ClassVar[str] = "opsdesk.dead-letters"
    source: ClassVar[str] = "opsdesk/consumer"
    type: ClassVar[str] = "opsdesk.consumer.record_dead_lettered.v1"

    notice_id: UUID
    service: str
    topic_of_record: str
    partition: int
    offset: int
    subject_of_record: str | None
    type_of_record: str | None
    code: str
    reason: str

    def subject(self) -> str:
        return f"dead-letter/{self.notice_id}"
