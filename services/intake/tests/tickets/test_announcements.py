"""`announce`: the state of open tickets and of blockers again, as snapshots."""

from httpx import AsyncClient

from common.persistence.database import Database
from intake.tickets.announcements import publish_all
from intake_support.tickets import act, open_ticket
from opsdesk_testing.protocol import outbox_events


async def test_open_tickets_and_blockers_are_announced(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    major = await open_ticket(anna)
    blocker = await open_ticket(anna, priority="blocker")
    resolved_blocker = await open_ticket(anna, priority="blocker")
    await act(anna, resolved_blocker, "resolve", resolution="restarted")
    gone = await open_ticket(anna)
    await act(anna, gone, "resolve", resolution="restarted")
    before = await outbox_events(database)
    assert await publish_all(database) == 3
    known = {one.body["ticket"]: one for one in (await outbox_events(database))[len(before) :]}
    assert {key: one.body["is_blocker"] for key, one in known.items()} == {
        major: False,
        blocker: True,
        resolved_blocker: False,
    }
    last = {one.subject: one.sequence for one in before}
    assert all(one.sequence == last[one.subject] + 1 for one in known.values())
    assert {one.type for one in known.values()} == {"opsdesk.ticket.known.v1"}
