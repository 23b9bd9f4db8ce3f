"""A missing or wrong setting ends the start with one sentence that names it, never its value."""

from pathlib import Path

import certifi
import pytest
from pydantic import ValidationError

from common.settings import LOCAL_ISSUER, Settings, load_settings, masked_settings

CA = certifi.where()
PRODUCTION = {
    "OPSDESK_DATABASE_URL": "postgresql://sla:s3cret@db:5432/opsdesk",
    "OPSDESK_DATABASE_CA_FILE": CA,
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


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://desk.example", "must begin with https"),
        ("https://localhost:8005", "must not name this machine"),
        ("desk.example", "should match"),
        ("https://desk.example/?a=b", "should match"),
    ],
)
def test_in_production_links_lead_people_to_a_console_that_they_can_reach(
    monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    assert why in ended(monkeypatch, PRODUCTION, OPSDESK_CONSOLE_URL=url)
    given(monkeypatch, PRODUCTION, OPSDESK_CONSOLE_URL="https://desk.example/opsdesk")
    assert load_settings(Settings).console_url == "https://desk.example/opsdesk"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION)
    settings = load_settings(Settings)
    listed = masked_settings(settings)
    address = "postgresql://sla:********@db:5432/opsdesk"
    assert listed["OPSDESK_DATABASE_URL"] == f"{address}?sslmode=verify-full&sslrootcert={CA}"
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


def ended(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], **more: str) -> str:
    """The one sentence with which a start ends."""
    given(monkeypatch, variables, **more)
    with pytest.raises(SystemExit) as end:
        load_settings(Settings)
    assert str(end.value).count("\n") == 0
    return str(end.value)


def test_an_authority_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before, it was told as a lost database."""
    missing = ended(monkeypatch, PRODUCTION, OPSDESK_KAFKA_CA_FILE=str(tmp_path / "no.pem"))
    assert missing.startswith("OPSDESK_KAFKA_CA_FILE is wrong (there is no such file): give")
    (tmp_path / "no.pem").write_text("this is no certificate")
    garbled = ended(monkeypatch, PRODUCTION)
    assert garbled.startswith("OPSDESK_KAFKA_CA_FILE is wrong (it cannot be used")
    monkeypatch.setenv("OPSDESK_KAFKA_CA_FILE", CA)
    assert load_settings(Settings).kafka_ca_file == Path(CA)


def test_keys_over_http_are_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {"OPSDESK_JWKS_URL": "http://id.example/jwks"}
    assert ended(monkeypatch, PRODUCTION, **keys).startswith("OPSDESK_JWKS_URL is wrong (http")
    given(monkeypatch, {}, OPSDESK_ENVIRONMENT="test")
    assert load_settings(Settings).jwks_url == keys["OPSDESK_JWKS_URL"]


@pytest.mark.parametrize("name", ["OPSDESK_DATABASE_URL", "OPSDESK_MIGRATION_DATABASE_URL"])
@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
def test_a_verified_database_needs_a_root_certificate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, mode: str
) -> None:
    """Before, it was a traceback."""
    monkeypatch.setenv("HOME", str(tmp_path))
    url = f"postgresql://sla:s3cret@db:5432/opsdesk?sslmode={mode}"
    usual = {"OPSDESK_DATABASE_URL": f"postgresql://sla:s3cret@db/opsdesk?sslrootcert={CA}"}
    without_file = {key: PRODUCTION[key] for key in PRODUCTION if key != "OPSDESK_DATABASE_CA_FILE"}
    sentence = ended(monkeypatch, without_file | usual, **{name: url})
    assert sentence.startswith(f"{name} is wrong (sslmode={mode} needs a root certificate")
    assert "s3cret" not in sentence
    gone = ended(monkeypatch, {}, **{name: f"{url}&sslrootcert={tmp_path}/no.crt"})
    assert gone.startswith(f"{name} is wrong")
    monkeypatch.setenv(name, f"{url}&sslrootcert={CA}")
    load_settings(Settings)
    monkeypatch.setenv(name, url)
    monkeypatch.setenv("PGSSLROOTCERT", CA)
    load_settings(Settings)


@pytest.mark.parametrize("url", ["mysql://a:s3cret@db/x", "postgresql://a:s3cret@db:port/x"])
def test_an_address_that_is_none_of_postgresql_is_named(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    sentence = ended(monkeypatch, PRODUCTION, OPSDESK_DATABASE_URL=url)
    assert sentence.startswith("OPSDESK_DATABASE_URL is wrong (")
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("OPSDESK_KAFKA_CA", "OPSDESK_KAFKA_CA_FILE"),
        ("OPSDESK_JWKS_URI", "OPSDESK_JWKS_URL"),
        ("OPSDESK_SMPT_SERVER", "OPSDESK_SMTP_SERVER"),
        ("opsdesk_request_per_minute", "OPSDESK_REQUESTS_PER_MINUTE"),
        ("OPSDESK_SMTP_PORT", None),
    ],
)
def test_a_name_that_nothing_reads_is_named_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, near: str | None
) -> None:
    sentence = ended(monkeypatch, PRODUCTION, **{name: "x"})
    assert sentence.startswith(f"{name} is not a setting: did you mean OPSDESK_")
    if near is not None:
        assert sentence.endswith(f"did you mean {near}?")


def test_a_name_that_is_like_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = ended(monkeypatch, PRODUCTION, OPSDESK_XQZ="hunter2")
    assert sentence == "OPSDESK_XQZ is not a setting: remove it; docs/settings.md lists all."


def test_names_of_others_and_of_kubernetes_are_no_mistakes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = {
        "OPSDESK_SMTP_SERVER": "mail:25",
        "OPSDESK_TOKEN": "eyJ",
        "OPSDESK_STATE": "/state",
        "OPSDESK_INTAKE_SERVICE_HOST": "10.0.0.1",
        "OPSDESK_INTAKE_SERVICE_PORT_HTTP": "8001",
        "OPSDESK_INTAKE_PORT": "tcp://10.0.0.1:8001",
        "OPSDESK_CONSOLE_PORT": "tcp://10.0.0.1:8000",
        "OPSDESK_INTAKE_PORT_8001_TCP_ADDR": "10.0.0.1",
    }
    given(monkeypatch, PRODUCTION, **others)
    load_settings(Settings)


def test_a_replica_drains_in_production_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PRODUCTION)
    assert load_settings(Settings).drain_s == 5
    given(monkeypatch, {}, OPSDESK_DRAIN_S="30")
    assert load_settings(Settings).drain_s == 30
    monkeypatch.delenv("OPSDESK_DRAIN_S")
    given(monkeypatch, LOCAL)
    assert load_settings(Settings).drain_s == 0
