"""Events of sla about the seals of its facts, on `opsdesk.evidence`: for whoever keeps them apart from us."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class EvidenceAnchored(Event):
    """The facts of sla were sealed up to `head` (NUMBER:CHAIN), once an hour.

    Whoever keeps these records where the owner of sla's database cannot write can prove later what
    the database contained: `python -m sla evidence verify --head NUMBER:CHAIN`. `number` counts
    the published heads from 1 without gaps. `audit_head` is the head of the audit trail then.
    """

    topic: ClassVar[str] = "opsdesk.evidence"
    source: ClassVar[str] = "opsdesk/sla"
    type: ClassVar[str] = "opsdesk.evidence.anchored.v1"

    anchor_id: UUID
    number: int
    head: str
    sealed_at: AwareDatetime
    audit_head: str

    def subject(self) -> str:
        return f"evidence/{self.anchor_id}"

    def key(self) -> str:
        """One key: all heads stand in one partition, in their order."""
        return "sla"
