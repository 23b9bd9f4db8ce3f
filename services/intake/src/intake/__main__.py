"""`python -m intake serve | migrate | settings | openapi | asyncapi | announce | dlq | audit`."""

from common.cli import create_cli
from intake.app import SERVICE
from intake.directory.commands import publish_all

app = create_cli(SERVICE, announce=publish_all)

if __name__ == "__main__":
    app()
