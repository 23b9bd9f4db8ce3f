"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | restored | dlq | audit`."""

from common.cli import create_cli
from common.persistence.database import Database
from intake.app import SERVICE
from intake.directory.commands import publish_all as publish_directory
from intake.revocations.commands import publish_all as publish_revocations
from intake.teams.commands import publish_all as publish_teams
from intake.tickets.announcements import publish_all as publish_tickets


async def announce(database: Database) -> int:
    """Publish the directory, teams, what is revoked, and the open tickets, which refer to the directory.

    Returns the number of events.
    """
    first = await publish_revocations(database) + await publish_directory(database)
    return first + await publish_teams(database) + await publish_tickets(database)


app = create_cli(SERVICE, announce=announce)

if __name__ == "__main__":
    app()
