"""Ways to look at what sla has stored and told."""

from uuid import UUID

from httpx import Response

from common.persistence.database import Database
from opsdesk_testing.protocol import UnsentEvent, outbox_events
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.replay import find_differences
from sla.clocks.store import clocks


async def clocks_of(database: Database, number: int, forwarding: int = 0) -> dict[str, TicketClock]:
    """A ticket's clocks by metric: the customer's, or those of one of its forwardings."""
    async with database.transaction() as tx:
        ticket_clocks = await clocks.list_by_ticket(tx, UUID(int=number))
    return {one.clock.metric: one for one in ticket_clocks if one.forwarding == forwarding}


async def resolution_clock(database: Database, number: int = 1) -> TicketClock:
    return (await clocks_of(database, number))["resolution"]


def event_types(events: list[UnsentEvent], metric: str, contract: str = "sla") -> list[str]:
    """The short types of what was told about a metric's clocks of a contract, in order."""
    return [
        one.type.removeprefix("opsdesk.clock.").removesuffix(".v1")
        for one in events
        if (one.body.get("metric"), one.body.get("contract", "sla")) == (metric, contract)
    ]


async def assert_consistent(database: Database) -> None:
    """Every clock is what its inputs say (C9), and its events are numbered without a gap."""
    assert [wrong async for wrong in find_differences(database)] == []
    numbers: dict[str, list[int]] = {}
    for event in await outbox_events(database):
        numbers.setdefault(event.subject, []).append(event.sequence)
    for subject, sequences in numbers.items():
        assert sequences == list(range(1, len(sequences) + 1)), subject


def violation_pointers(answer: Response) -> list[str]:
    """Where a refused body is wrong, by JSON pointers."""
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]
