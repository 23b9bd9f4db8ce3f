"""Store teams of the house and publish them: record and event in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from common.events.directory import TeamKnown
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from intake.teams import store
from intake.teams.domain import StoredTeam


async def add_team(
    tx: Connection, key: str, name: str, members: Sequence[str], by: str, at: datetime
) -> bool:
    """Store and publish a new team. False where its key is taken."""
    stored = await store.add(tx, key, name, members, by)
    if stored is not None:
        await publish(tx, _team_event(stored, at))
    return stored is not None


async def change_team(
    tx: Connection, key: str, name: str, members: Sequence[str], at: datetime
) -> None:
    """Store and publish another name and other members of a team of the house."""
    stored = await store.save(tx, key, name, members)
    if stored is not None:
        await publish(tx, _team_event(stored, at))


async def publish_all(database: Database) -> int:
    """Publish every team of the house again, for new subscribers. Returns the number of events."""
    async with database.transaction() as tx:
        teams = await store.advance_sequences(tx)
        at = await transaction_time(tx)
        await publish(tx, *(_team_event(one, at) for one in teams))
    return len(teams)


def _team_event(team: StoredTeam, at: datetime) -> OutboxEvent:
    members = list(team.members)
    event = TeamKnown(at=at, team_id=team.id, team=team.key, name=team.name, members=members)
    return OutboxEvent(event, team.sequence)
