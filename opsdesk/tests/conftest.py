"""What the tests of commands share: services that are played, a login, and a reader in Amsterdam."""

from functools import partial

import httpx
import pytest

from opsdesk_support.terminal import Played, Terminal


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Played:
    played = Played()
    for service in ("SLA", "INTAKE", "ESCALATION", "DELIVERY_GATE"):
        monkeypatch.setenv(f"OPSDESK_{service}_URL", f"http://{service.lower()}")
    monkeypatch.setenv("OPSDESK_TOKEN", "a-token")
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    there = partial(httpx.AsyncClient, transport=httpx.MockTransport(played))
    monkeypatch.setattr("opsdesk.session.httpx.AsyncClient", there)
    return played


@pytest.fixture
def terminal(services: Played) -> Terminal:
    return Terminal(services)
