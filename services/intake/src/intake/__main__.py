"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | dlq | audit`."""

from common.command import command
from intake.announcing import announce_all
from intake.app import SERVICE

app = command(SERVICE, announce=announce_all)

if __name__ == "__main__":
    app()
