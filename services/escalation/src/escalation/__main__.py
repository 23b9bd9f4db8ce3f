"""`python -m escalation serve | migrate | settings | openapi | asyncapi | dlq | audit`."""

from common.cli import command
from escalation.app import SERVICE

app = command(SERVICE)

if __name__ == "__main__":
    app()
