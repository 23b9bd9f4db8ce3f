"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | dlq | audit`."""

from common.cli import command
from intake.app import SERVICE
from intake.directory.events import announce_all

app = command(SERVICE, announce=announce_all)

if __name__ == "__main__":
    app()
