"""A new ticket for tests of rules, which ask no database."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from intake.tickets.domain.ticket import Ticket

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


def new_ticket(**changed: Any) -> Ticket:
    """An incident that Jan opened at nine, without customer unless one is given."""
    facts: dict[str, Any] = {
        "id": UUID(int=1),
        "key": "OPS-1",
        "kind": "incident",
        "title": "Down",
        "priority": "major",
        "state": "new",
        "opened_at": NINE,
        "opened_by": "jan",
    }
    return Ticket(**facts | changed)
