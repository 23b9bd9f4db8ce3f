"""`python -m escalation serve | migrate | settings | openapi | asyncapi | restored | dlq | audit`."""

from common.cli import create_cli
from escalation.app import SERVICE

app = create_cli(SERVICE)

if __name__ == "__main__":
    app()
