"""Fixtures of the commands' tests: fake services, a login, and the time zone of Amsterdam."""

from functools import partial

import httpx
import pytest

from opsdesk_support.terminal import FakeServices, Terminal


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> FakeServices:
    fake = FakeServices()
    for service in ("SLA", "INTAKE", "ESCALATION", "DELIVERY_GATE"):
        monkeypatch.setenv(f"OPSDESK_{service}_URL", f"https://{service.lower()}")
    monkeypatch.setenv("OPSDESK_TOKEN", "a-token")
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    fake_client = partial(httpx.AsyncClient, transport=httpx.MockTransport(fake))
    monkeypatch.setattr("opsdesk.transport.httpx.AsyncClient", fake_client)
    return fake


@pytest.fixture
def terminal(services: FakeServices) -> Terminal:
    return Terminal(services)
