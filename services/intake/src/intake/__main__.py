"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | restored | dlq | audit`."""

from common.cli import create_cli
from common.persistence.database import Database
from intake.app import SERVICE
from intake.directory.commands import publish_all as publish_directory
from intake.revocations.commands import publish_all as publish_revocations
from intake.tickets.announcements import publish_all as publish_tickets


async def announce(database: Database) -> int:
    """Publish the directory, what is revoked, and the open tickets, which refer to the directory.

    Returns the number of events.
    """
    revocations = await publish_revocations(database)
    return revocations + await publish_directory(database) + await publish_tickets(database)


app = create_cli(SERVICE, announce=announce)

if __name__ == "__main__":
    app()
