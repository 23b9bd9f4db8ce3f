"""What is well formed and wrong for production ends the start with one sentence that names it."""

import os

import certifi
import pytest

from common.settings import load_settings
from escalation.settings import EscalationSettings

PRODUCTION = {
    "OPSDESK_DATABASE_URL": "postgresql://escalation:s3cret@db:5432/opsdesk",
    "OPSDESK_DATABASE_CA_FILE": certifi.where(),
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OPSDESK_KAFKA_USERNAME": "escalation",
    "OPSDESK_KAFKA_PASSWORD": "hunter2",
    "OPSDESK_ISSUER": "https://id.example",
    "OPSDESK_JWKS_URL": "https://id.example/jwks",
    "OPSDESK_SMTP_SERVER": "mail.example:25",
    "OPSDESK_MAIL_FROM": "opsdesk@meridian.example",
    "OPSDESK_FALLBACK_EMAIL": "on-duty@meridian.example",
    "OPSDESK_PUBLIC_URL": "https://escalation.meridian.example",
    "OPSDESK_SLA_URL": "https://sla.meridian.example",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def test_a_complete_production_starts() -> None:
    assert load_settings(EscalationSettings).smtp_server == "mail.example:25"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSDESK_SMTP_SERVER", "localhost:25"),
        ("OPSDESK_SMTP_SERVER", "127.0.0.1:25"),
        ("OPSDESK_MAIL_FROM", "opsdesk@localhost"),
        ("OPSDESK_FALLBACK_EMAIL", "night@localhost"),
        ("OPSDESK_PUBLIC_URL", "http://127.0.0.1:8003"),
        ("OPSDESK_PUBLIC_URL", "https://[::1]:8003/x"),
        ("OPSDESK_SLA_URL", "http://localhost:8002"),
    ],
)
def test_what_names_this_machine_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        load_settings(EscalationSettings)
    assert str(end.value).startswith(f"{name} is wrong (in production it must not name")


@pytest.mark.parametrize(
    "name",
    [
        "OPSDESK_SMTP_SERVER",
        "OPSDESK_MAIL_FROM",
        "OPSDESK_PUBLIC_URL",
        "OPSDESK_SLA_URL",
        "OPSDESK_FALLBACK_EMAIL",
    ],
)
def test_what_is_left_at_its_local_default_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit, match=rf"^{name} is "):
        load_settings(EscalationSettings)


def test_on_a_developers_machine_it_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_ENVIRONMENT", "development")
    monkeypatch.setenv("OPSDESK_SMTP_SERVER", "localhost:25")
    assert load_settings(EscalationSettings).smtp_server == "localhost:25"


def test_a_password_over_plain_smtp_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_SMTP_PASSWORD", "hunter2")
    with pytest.raises(
        SystemExit, match=r"^OPSDESK_SMTP_SECURITY is wrong \(plain would tell"
    ) as end:
        load_settings(EscalationSettings)
    assert "hunter2" not in str(end.value)
    for security in ("starttls", "tls"):
        monkeypatch.setenv("OPSDESK_SMTP_SECURITY", security)
        load_settings(EscalationSettings)


@pytest.mark.parametrize("name", ["OPSDESK_PUBLIC_URL", "OPSDESK_SLA_URL"])
def test_links_in_mails_lead_to_https(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://opsdesk.meridian.example")
    with pytest.raises(SystemExit, match=rf"^{name} is wrong \(in production it must begin with"):
        load_settings(EscalationSettings)
