"""Production talks to nobody who has not proven who they are: one setting each, refused in one sentence."""

import os

import certifi
import pytest

from common.settings import Settings, load_settings
from common.settings_transport import hosts, with_tls

CA = certifi.where()
DATABASE = "postgresql://sla:s3cret@db:5432/opsdesk"
PRODUCTION = {
    "OPSDESK_DATABASE_URL": DATABASE,
    "OPSDESK_MIGRATION_DATABASE_URL": "postgresql://sla_owner:s3cret@db:5432/opsdesk",
    "OPSDESK_DATABASE_CA_FILE": CA,
    "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "OPSDESK_KAFKA_USERNAME": "sla",
    "OPSDESK_KAFKA_PASSWORD": "hunter2",
    "OPSDESK_ISSUER": "https://id.example",
    "OPSDESK_JWKS_URL": "https://id.example/jwks",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("OPSDESK_")]:
        monkeypatch.delenv(name)
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)


def refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    """The one sentence with which the start ends."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as end:
        load_settings(Settings)
    assert str(end.value).count("\n") == 0
    assert "s3cret" not in str(end.value)
    return str(end.value)


def addresses() -> list[str]:
    settings = load_settings(Settings)
    owner = settings.migration_database_url
    assert owner is not None
    return [settings.database_url.get_secret_value(), owner.get_secret_value()]


def test_verify_full_is_the_default_of_both_addresses() -> None:
    query = f"?sslmode=verify-full&sslrootcert={CA}"
    assert addresses() == [url + query for name, url in PRODUCTION.items() if "_URL" in name][:2]


def test_the_environment_of_libpq_weakens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert all("sslmode=verify-full" in one for one in addresses())


@pytest.mark.parametrize("mode", ["disable", "prefer", "require"])
@pytest.mark.parametrize("name", ["OPSDESK_DATABASE_URL", "OPSDESK_MIGRATION_DATABASE_URL"])
def test_what_verifies_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, mode: str
) -> None:
    sentence = refusal(monkeypatch, name, f"{PRODUCTION[name]}?sslmode={mode}")
    assert sentence.startswith(f"{name} is wrong (sslmode={mode} would talk to anybody")
    monkeypatch.setenv(name, PRODUCTION[name])
    assert "would talk to anybody" in refusal(monkeypatch, "OPSDESK_DATABASE_TLS", mode)


def test_an_address_that_contradicts_the_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPSDESK_DATABASE_TLS", "verify-full")
    sentence = refusal(monkeypatch, "OPSDESK_DATABASE_URL", f"{DATABASE}?sslmode=verify-ca")
    assert sentence.startswith("OPSDESK_DATABASE_URL names another sslmode than")


def test_a_proxy_on_this_machine_may_be_reached_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes do not leave the machine, and the proxy verifies the database."""
    monkeypatch.setenv("OPSDESK_DATABASE_TLS", "disable")
    for name in ("OPSDESK_DATABASE_URL", "OPSDESK_MIGRATION_DATABASE_URL"):
        monkeypatch.setenv(name, "postgresql://sla:s3cret@127.0.0.1:5432/opsdesk")
    assert all("sslmode=disable" in one for one in addresses())
    mixed = "postgresql://sla:s3cret@127.0.0.1:5432,db:5432/opsdesk"
    assert refusal(monkeypatch, "OPSDESK_DATABASE_URL", mixed).startswith("OPSDESK_DATABASE_URL")


@pytest.mark.parametrize("security", ["PLAINTEXT", "SASL_PLAINTEXT", "SSL"])
def test_kafka_without_tls_or_without_a_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    sentence = refusal(monkeypatch, "OPSDESK_KAFKA_SECURITY", security)
    assert sentence.startswith("OPSDESK_KAFKA_SECURITY is wrong (in production")


@pytest.mark.parametrize("url", ["http://id.example/jwks", "HTTP://id.example/jwks"])
def test_keys_over_http_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert refusal(monkeypatch, "OPSDESK_JWKS_URL", url).startswith("OPSDESK_JWKS_URL is wrong (")


def test_outside_production_an_address_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSDESK_ENVIRONMENT", "development")
    monkeypatch.delenv("OPSDESK_DATABASE_CA_FILE")
    assert addresses()[0] == DATABASE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a:p@db:1/x", ["db"]),
        ("postgresql://a:p@one:1,two/x", ["one", "two"]),
        ("postgresql://a:p@[::1]:5432/x", ["::1"]),
        ("postgresql:///x?host=/run/postgresql", []),
    ],
)
def test_the_hosts_of_an_address(url: str, expected: list[str]) -> None:
    assert hosts(url) == expected
    assert hosts(with_tls(url, "verify-full", None)) == expected
