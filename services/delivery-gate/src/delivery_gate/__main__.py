"""`python -m delivery_gate serve | migrate | settings | openapi | asyncapi | announce | restored | dlq | audit`."""

from common.cli import create_cli
from delivery_gate.app import SERVICE
from delivery_gate.deliveries.announcements import publish_all

app = create_cli(SERVICE, announce=publish_all)

if __name__ == "__main__":
    app()
