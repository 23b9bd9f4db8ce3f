"""`python -m delivery_gate serve | migrate | settings | openapi | asyncapi | dlq | audit`."""

from common.cli import command
from delivery_gate.app import SERVICE

app = command(SERVICE)

if __name__ == "__main__":
    app()
