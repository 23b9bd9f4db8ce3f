"""What escalation told of its cases."""

from common.persistence.database import Database
from opsdesk_testing.protocol import outbox_events


async def opened_and_resolved(database: Database) -> list[tuple[str, str]]:
    """What happened to the case of which trigger, in order: `("opened", "goal_lost")`."""
    return [
        (event.type.split(".")[2], event.body["trigger"])
        for event in await outbox_events(database)
        if event.topic == "opsdesk.escalations"
        and event.type.split(".")[2] in ("opened", "resolved")
    ]
