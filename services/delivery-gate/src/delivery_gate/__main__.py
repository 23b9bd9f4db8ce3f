"""`python -m delivery_gate serve | migrate | settings | openapi | asyncapi | dlq | audit`."""

from common.cli import create_cli
from delivery_gate.app import SERVICE

app = create_cli(SERVICE)

if __name__ == "__main__":
    app()
