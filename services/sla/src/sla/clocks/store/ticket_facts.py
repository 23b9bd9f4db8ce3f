"""State, assignee and team of tickets, as intake last said them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.persistence.database import Connection, asyncpg_connection


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What is said of a ticket; `says_team`: whether `team` replaces the one of before."""

    ticket_id: UUID
    state: str
    assignee: str | None
    team: str | None
    says_team: bool


# The tickets are locked in the order of ids, as everybody locks them.
_SAVE = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[])
        AS given (id, state, assignee, team, says_team)
), locked AS (
    SELECT id FROM tickets WHERE id = ANY($1) ORDER BY id FOR UPDATE
)
UPDATE tickets SET state = given.state, assignee = given.assignee,
    team = CASE WHEN given.says_team THEN given.team ELSE tickets.team END
FROM given JOIN locked USING (id)
WHERE tickets.id = given.id AND (tickets.state, tickets.assignee, tickets.team) IS DISTINCT FROM
    (given.state, given.assignee, CASE WHEN given.says_team THEN given.team ELSE tickets.team END)
"""


async def save(tx: Connection, facts: Sequence[TicketFacts]) -> None:
    """Store what is said of these tickets, each once; unknown ones are left out."""
    if facts:
        columns = [
            [getattr(one, name) for one in facts]
            for name in ("ticket_id", "state", "assignee", "team", "says_team")
        ]
        await (await asyncpg_connection(tx)).execute(_SAVE, *columns)
