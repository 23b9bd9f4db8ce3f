"""Answers about the alerts of a ticket."""

from typing import Any

from console_support.answers import page_of
from console_support.services import FakeServices

ALERT: dict[str, Any] = {
    "id": "0190a000-0000-7000-8000-0000000000b9",
    "title": "No invoice was sent for 15 minutes",
    "source": "prometheus",
    "environment": "acme-prod",
    "service": "billing",
    "scope": "acme-prod",
    "started_at": "2026-03-02T07:58:00Z",
    "ended_at": None,
    "times": 12,
}


def say_alerts(services: FakeServices) -> None:
    services.say("intake", "/v1/alerts", page_of(ALERT))
