"""Events of services that were restored from a backup: what they do not know any more."""

from typing import ClassVar

from common.events.envelope import Event


class HistoryRestored(Event):
    """The sender was restored from a backup and has lost the later events of one subject.

    It knows those up to `stored_sequence`; those after it, up to `published_sequence`, are on the
    topic and it does not know them. This event comes next after them, on the subject's main topic
    and under the key of the last one, so that nothing waits and nothing is dropped. `exists` false:
    the sender does not know the subject at all. `name` is the key that people use, where the lost
    events have one. `restored_subject` is the subject, `record_key` the key of its records.
    """

    restored_subject: str
    record_key: str
    name: str | None = None
    exists: bool
    stored_sequence: int
    published_sequence: int

    def subject(self) -> str:
        return self.restored_subject

    def key(self) -> str:
        return self.record_key


class TicketHistoryRestored(HistoryRestored):
    """intake has lost events of a ticket or an alert."""

    topic: ClassVar[str] = "opsdesk.tickets"
    source: ClassVar[str] = "opsdesk/intake"
    type: ClassVar[str] = "opsdesk.ticket.history_restored.v1"


class DirectoryHistoryRestored(HistoryRestored):
    """intake has lost events of an entry of the directory; it announces those that it knows."""

    topic: ClassVar[str] = "opsdesk.directory"
    source: ClassVar[str] = "opsdesk/intake"
    type: ClassVar[str] = "opsdesk.directory.history_restored.v1"


class ClockHistoryRestored(HistoryRestored):
    """sla has lost events of a clock, a waiver, an outage, or anything else that it owns."""

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.clock.history_restored.v1"


class CatalogueHistoryRestored(HistoryRestored):
    """sla has lost events of a service of the catalogue; it announces those that it knows."""

    topic: ClassVar[str] = "opsdesk.catalogue"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.catalogue.history_restored.v1"


class EvidenceHistoryRestored(HistoryRestored):
    """sla has lost heads that it had published: what was sealed after the backup is gone with it."""

    topic: ClassVar[str] = "opsdesk.evidence"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.evidence.history_restored.v1"


class EscalationHistoryRestored(HistoryRestored):
    """escalation has lost events of an escalation. Not on the topics of the audiences."""

    topic: ClassVar[str] = "opsdesk.escalations"
    source: ClassVar[str] = "opsdesk/escalation"
    type: ClassVar[str] = "opsdesk.escalation.history_restored.v1"


class DeliveryHistoryRestored(HistoryRestored):
    """delivery-gate has lost events of a delivery, an environment, or anything else that it owns."""

    topic: ClassVar[str] = "opsdesk.deliveries"
    source: ClassVar[str] = "opsdesk/delivery-gate"
    type: ClassVar[str] = "opsdesk.delivery.history_restored.v1"
