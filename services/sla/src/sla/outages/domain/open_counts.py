"""How many outages are open beside one another, while several open or end at once. Pure."""

from collections import Counter
from uuid import UUID

from sla.outages.domain.outage import Outage
from sla.outages.domain.scope import Scope


class OpenCounts:
    """How many outages are open of each scope, and of each scope and ticket."""

    def __init__(self) -> None:
        self.of_scope: Counter[Scope] = Counter()
        self.of_ticket: Counter[tuple[Scope, UUID | None]] = Counter()

    def of(self, outage: Outage) -> tuple[int, int]:
        """How many are open of the outage's scope, and of its ticket there (0 without a ticket)."""
        with_ticket = self.of_ticket[outage.scope, outage.ticket_id]
        return self.of_scope[outage.scope], 0 if outage.ticket_id is None else with_ticket

    def add(self, outage: Outage, change: int) -> None:
        """Count one that opens (1) or ends (-1), if it counts at all."""
        if outage.counts:
            self.of_scope[outage.scope] += change
            self.of_ticket[outage.scope, outage.ticket_id] += change
