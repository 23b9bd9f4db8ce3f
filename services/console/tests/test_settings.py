"""What is well formed and wrong for production ends the start with one sentence that names it."""

import os

import certifi
import pytest

from common.settings import load_settings
from console.settings import ConsoleSettings

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PRODUCTION = {
    "OPSDESK_DATABASE_URL": "postgresql://console:s3cret@db:5432/opsdesk",
    "OPSDESK_DATABASE_CA_FILE": certifi.where(),
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OPSDESK_KAFKA_USERNAME": "console",
    "OPSDESK_KAFKA_PASSWORD": "hunter2",
    "OPSDESK_ISSUER": "https://id.example",
    "OPSDESK_JWKS_URL": "https://id.example/jwks",
    "OPSDESK_CONSOLE_URL": "https://desk.example",
    "OPSDESK_INTAKE_URL": "https://intake.example",
    "OPSDESK_SLA_URL": "https://sla.example",
    "OPSDESK_ESCALATION_URL": "https://escalation.example",
    "OPSDESK_DELIVERY_GATE_URL": "https://gate.example",
    "OPSDESK_SESSION_KEYS": f"{KEY},{KEY}",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def test_a_complete_production_starts_with_secure_cookies() -> None:
    settings = load_settings(ConsoleSettings)
    assert settings.is_secure
    assert settings.sealing_keys() == (KEY, KEY)


@pytest.mark.parametrize(
    "name",
    [
        "OPSDESK_CONSOLE_URL",
        "OPSDESK_INTAKE_URL",
        "OPSDESK_SLA_URL",
        "OPSDESK_ESCALATION_URL",
        "OPSDESK_DELIVERY_GATE_URL",
        "OPSDESK_TOKEN_ENDPOINT",
    ],
)
def test_tokens_and_cookies_go_nowhere_in_plain_text(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://somewhere.example")
    with pytest.raises(SystemExit, match=rf"^{name} is wrong \(in production it must begin with"):
        load_settings(ConsoleSettings)


def test_people_do_not_find_the_console_on_their_own_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPSDESK_CONSOLE_URL", "https://localhost")
    with pytest.raises(SystemExit, match=r"^OPSDESK_CONSOLE_URL is wrong"):
        load_settings(ConsoleSettings)


@pytest.mark.parametrize("keys", ["short", "", f"{KEY},", f"{KEY},%%%"])
def test_a_key_that_seals_nothing_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    monkeypatch.setenv("OPSDESK_SESSION_KEYS", keys)
    with pytest.raises(SystemExit, match=r"^OPSDESK_SESSION_KEYS is wrong") as end:
        load_settings(ConsoleSettings)
    assert KEY not in str(end.value)


def test_without_keys_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSDESK_SESSION_KEYS")
    with pytest.raises(SystemExit, match=r"^OPSDESK_SESSION_KEYS is missing"):
        load_settings(ConsoleSettings)
