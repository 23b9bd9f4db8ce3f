"""A missing or wrong setting ends the start with one sentence that names it, never its value."""

import pytest
from pydantic import ValidationError

from common.settings import LOCAL_ISSUER, Settings, load_settings, masked_settings

PRODUCTION = {
    "OPSDESK_DATABASE_URL": "postgresql://sla:s3cret@db:5432/opsdesk",
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OPSDESK_KAFKA_USERNAME": "sla",
    "OPSDESK_KAFKA_PASSWORD": "hunter2",
    "OPSDESK_ISSUER": "https://id.example",
    "OPSDESK_JWKS_URL": "https://id.example/jwks",
}
LOCAL = {
    "OPSDESK_ENVIRONMENT": "development",
    "OPSDESK_DATABASE_URL": "postgresql://sla:s3cret@db:5432/opsdesk",
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "OPSDESK_LOCAL_ISSUER_DIRECTORY": "/state/issuer",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **more: str) -> None:
    for name, value in {**variables, **more}.items():
        monkeypatch.setenv(name, value)


def test_production_is_the_default_and_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION)
    settings = load_settings(Settings)
    assert (settings.environment, settings.time_mode) == ("production", "real")
    assert settings.kafka_security == "SASL_SSL"


def test_a_local_issuer_brings_its_name_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, LOCAL)
    settings = load_settings(Settings)
    assert (settings.issuer, settings.jwks_url) == (LOCAL_ISSUER, "/state/issuer/jwks.json")
    assert settings.kafka_security == "PLAINTEXT"


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given(monkeypatch, {name: value for name, value in PRODUCTION.items() if name != missing})
    with pytest.raises(SystemExit) as end:
        load_settings(Settings)
    assert missing in str(end.value)
    assert str(end.value).count("\n") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSDESK_PORT", "70000"),
        ("OPSDESK_PORT", "http"),
        ("OPSDESK_TIME_MODE", "relative"),
        ("OPSDESK_ENVIRONMENT", "prod"),
        ("OPSDESK_TRACE_SAMPLE_RATIO", "2"),
        ("OPSDESK_REQUESTS_PER_MINUTE", "0"),
        ("OPSDESK_KAFKA_BOOTSTRAP_SERVERS", ""),
        ("OPSDESK_KAFKA_SECURITY", "NONE"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    given(monkeypatch, PRODUCTION, **{name: value})
    with pytest.raises(SystemExit, match=rf"^{name} is wrong .*: give "):
        load_settings(Settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPSDESK_TIME_MODE", "simulated"),
        ("OPSDESK_LOCAL_ISSUER_DIRECTORY", "/state/issuer"),
        ("OPSDESK_ISSUER", LOCAL_ISSUER),
    ],
)
def test_production_refuses_what_is_for_the_demo(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, PRODUCTION, **{name: value})
    with pytest.raises(SystemExit, match="refused in production"):
        load_settings(Settings)


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION)
    settings = load_settings(Settings)
    listed = masked_settings(settings)
    assert listed["OPSDESK_DATABASE_URL"] == "postgresql://sla:********@db:5432/opsdesk"
    assert listed["OPSDESK_KAFKA_PASSWORD"] == "********"
    for secret in ("s3cret", "hunter2"):
        assert secret not in str(listed)
        assert secret not in repr(settings)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION, OPSDESK_PORT="hunter2")
    with pytest.raises(SystemExit) as end:
        load_settings(Settings)
    assert "hunter2" not in str(end.value)


def test_settings_never_change(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION)
    with pytest.raises(ValidationError):
        load_settings(Settings).port = 1  # type: ignore[misc]  # that is the test
