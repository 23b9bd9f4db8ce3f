"""Mail to customers in production: off, or well protected. What is wrong ends the start with one sentence."""

import os

import certifi
import pytest

from common.settings import load_settings
from intake.settings import IntakeSettings

PRODUCTION = {
    "OPSDESK_DATABASE_URL": "postgresql://intake:s3cret@db:5432/opsdesk",
    "OPSDESK_DATABASE_CA_FILE": certifi.where(),
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OPSDESK_KAFKA_USERNAME": "intake",
    "OPSDESK_KAFKA_PASSWORD": "hunter2",
    "OPSDESK_ISSUER": "https://id.example",
    "OPSDESK_JWKS_URL": "https://id.example/jwks",
}
MAIL = {
    "OPSDESK_SMTP_SERVER": "mail.example:587",
    "OPSDESK_SMTP_SECURITY": "starttls",
    "OPSDESK_MAIL_FROM": "support@meridian.example",
    "OPSDESK_MAIL_REPLY_TO": "desk@meridian.example",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MAIL.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("server", [None, ""])
def test_without_a_mail_server_no_mail_goes_out(
    monkeypatch: pytest.MonkeyPatch, server: str | None
) -> None:
    if server is not None:
        monkeypatch.setenv("OPSDESK_SMTP_SERVER", server)
    assert not load_settings(IntakeSettings).sends_mail


@pytest.mark.usefixtures("mail")
def test_with_one_it_does() -> None:
    settings = load_settings(IntakeSettings)
    assert settings.sends_mail
    assert settings.mail_reply_to == "desk@meridian.example"


@pytest.mark.usefixtures("mail")
@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("OPSDESK_SMTP_SERVER", "localhost:25", "in production it must not name"),
        ("OPSDESK_SMTP_SERVER", "mail.example", "String should match"),
        ("OPSDESK_MAIL_FROM", "support@localhost", "in production it must not name"),
        ("OPSDESK_MAIL_REPLY_TO", "desk@127.0.0.1", "in production it must not name"),
        ("OPSDESK_MAIL_REPLY_TO", "a@x.example,b@x.example", "String should match"),
        ("OPSDESK_MAIL_REPLY_TO", "desk", "String should match"),
        ("OPSDESK_SMTP_SECURITY", "plain", "plain shows customers' words"),
        ("OPSDESK_RECEIPTS_PER_HOUR", "-1", "Input should be"),
        ("OPSDESK_ATTACHMENT_STORAGE", "/var/lib/opsdesk", "give file:///a/folder"),
        ("OPSDESK_ATTACHMENT_STORAGE", "s3:///attachments", "give file:///a/folder"),
        ("OPSDESK_S3_ENDPOINT", "http://minio:9000", "plain http shows"),
        ("OPSDESK_PHONE_REGION", "nl", "String should match"),
    ],
)
def test_what_is_wrong_ends_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        load_settings(IntakeSettings)
    assert str(end.value).startswith(f"{name} is wrong ({why}")


@pytest.mark.usefixtures("mail")
def test_who_sends_must_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSDESK_MAIL_FROM")
    with pytest.raises(SystemExit, match=r"^OPSDESK_MAIL_FROM is wrong"):
        load_settings(IntakeSettings)
