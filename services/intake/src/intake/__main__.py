"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | restored | dlq | audit`."""

from common.cli import create_cli
from common.persistence.database import Database
from intake.app import SERVICE
from intake.directory.commands import publish_all as publish_directory
from intake.tickets.announcements import publish_all as publish_tickets


async def announce(database: Database) -> int:
    """Publish the directory, then the open tickets, which refer to it. Returns the number of events."""
    return await publish_directory(database) + await publish_tickets(database)


app = create_cli(SERVICE, announce=announce)

if __name__ == "__main__":
    app()
