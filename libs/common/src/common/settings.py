"""Settings of a service, from environment variables `OPSDESK_*`: read once, never changed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from common.settings_checks import (
    first_local,
    not_for_production,
    unknown_name,
    unusable_ca_file,
    unusable_database_url,
    unusable_networks,
    unverified_database,
)
from common.settings_errors import describe_error
from common.settings_listening import ListeningSettings
from common.settings_secrets import file_names, mask, read_secrets
from common.settings_transport import DatabaseTls, addresses_with_tls

PREFIX = "OPSDESK_"
LOCAL_ISSUER = "urn:opsdesk:issuer:local"
"""The issuer of `make run`. Refused in production."""

DEFAULT_TOPIC_PREFIX = "opsdesk"
"""What topics and consumer groups begin with, unless OPSDESK_TOPIC_PREFIX says otherwise."""

Environment = Literal["production", "development", "test"]
KafkaSecurity = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


class Settings(ListeningSettings):
    """The settings that every service has. A service adds its own in a subclass.

    Each description ends the sentence "OPSDESK_X is missing: give ...".
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    environment: Environment = Field("production", description="production, development or test")
    time_mode: Literal["real", "simulated"] = Field(
        "real", description="real, or simulated for the demo and tests"
    )
    log_format: Literal["json", "console"] = Field("json", description="json or console")

    database_url: SecretStr = Field(
        description="the runtime role's postgresql://user:password@host:port/database"
    )
    migration_database_url: SecretStr | None = Field(
        None, description="the owner role's postgresql:// address; only `migrate` needs it"
    )
    database_tls: DatabaseTls = Field(
        "verify-full",
        description="how PostgreSQL is reached: verify-full, or verify-ca, require, prefer, disable "
        "(prefer outside production)",
    )
    database_ca_file: Path | None = Field(
        None, description="a PEM file with the authority that signed PostgreSQL's certificate"
    )

    write_connections: int = Field(
        10, ge=1, le=200, description="database connections of one replica for requests that write"
    )
    read_connections: int = Field(
        5, ge=1, le=200, description="those for requests that read one thing"
    )
    list_connections: int = Field(
        4, ge=1, le=200, description="those for lists, reports and simulations"
    )

    kafka_bootstrap_servers: str = Field(
        min_length=1, description="Kafka's addresses as host:port,host:port"
    )
    kafka_security: KafkaSecurity = Field(
        "SASL_SSL",
        description="how Kafka is reached: SASL_SSL (outside production PLAINTEXT by default)",
    )
    kafka_sasl_mechanism: SaslMechanism = Field("SCRAM-SHA-512", description="a SASL mechanism")
    kafka_username: str | None = Field(None, description="the service's Kafka principal")
    kafka_password: SecretStr | None = Field(None, description="that principal's password")
    kafka_ca_file: Path | None = Field(None, description="a PEM file with the authority to trust")

    topic_prefix: str = Field(
        DEFAULT_TOPIC_PREFIX,
        pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$",
        max_length=100,
        description="what the names of all topics and consumer groups begin with, such as opsdesk or acme.opsdesk: "
        "one name for each installation on the same Kafka, the same for its four services",
    )
    dead_letter_days: int = Field(
        400,
        ge=1,
        description="days that a settled dead letter is kept; not fewer than topics are kept",
    )
    firing_days: int = Field(
        400,
        ge=400,
        description="days that the record of a fired deadline is kept; those of clocks stay",
    )
    drain_s: float = Field(
        5, ge=0, le=300, description="seconds from SIGTERM to the last request that is accepted"
    )
    requests_per_minute: int = Field(6000, ge=1, description="requests allowed to one caller")

    console_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="where people find the console: links for our own people lead there; without it to the API",
    )

    issuer: str = Field(min_length=1, description="the `iss` of the tokens to accept")
    audience: str = Field("opsdesk", min_length=1, description="the `aud` of the tokens to accept")
    jwks_url: str = Field(
        min_length=1, description="the issuer's public keys: an https URL or a file"
    )
    token_type: str = Field(
        "at+jwt",
        min_length=1,
        max_length=40,
        description="the `typ` header of access tokens; JWT where the issuer does not follow RFC 9068",
    )
    token_lifetime_s: int = Field(
        24 * 3600,
        ge=60,
        le=31 * 24 * 3600,
        description="seconds that a token may live at most; one that lives longer is refused",
    )
    approval_sign_in_s: int | None = Field(
        None,
        ge=30,
        description="seconds since the sign-in (`auth_time`) after which the GM's approval asks for a"
        " new one; without it none does",
    )
    approval_acr: str | None = Field(
        None,
        max_length=400,
        description="values of `acr`, with blanks between them, of which the GM's approval asks one",
    )
    local_issuer_directory: Path | None = Field(
        None, description="the folder of the local issuer's keys; never in production"
    )

    trace_sample_ratio: float = Field(
        0.01, ge=0, le=1, description="the share of requests to trace"
    )
    otlp_endpoint: str | None = Field(
        None, description="where spans are sent (OTLP over HTTP); without it nothing is traced"
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_defaults(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Default to plain Kafka and no draining outside production, and to the local issuer's keys.

        The way to PostgreSQL is written into its addresses.
        """
        in_production = given.get("environment", "production") == "production"
        mode = "verify-full" if in_production else None
        filled = dict(given) | addresses_with_tls(given, mode, PREFIX)
        if not in_production:
            filled.setdefault("database_tls", "prefer")
            filled.setdefault("kafka_security", "PLAINTEXT")
            filled.setdefault("drain_s", 0)
        if local := filled.get("local_issuer_directory"):
            filled.setdefault("issuer", LOCAL_ISSUER)
            filled.setdefault("jwks_url", str(Path(local) / "jwks.json"))
        return filled

    @model_validator(mode="after")
    def _check_combinations(self) -> "Settings":
        if self.environment == "production":
            self._check_production()
        if self.kafka_security.startswith("SASL") and not (
            self.kafka_username and self.kafka_password
        ):
            raise ValueError(
                f"OPSDESK_KAFKA_USERNAME and OPSDESK_KAFKA_PASSWORD are needed with OPSDESK_KAFKA_SECURITY={self.kafka_security}"
            )
        self._refuse("trusted_proxies", unusable_networks(self.trusted_proxies))
        self._refuse("kafka_ca_file", unusable_ca_file(self.kafka_ca_file))
        self._refuse("database_ca_file", unusable_ca_file(self.database_ca_file))
        self._refuse("database_url", unusable_database_url(self.database_url.get_secret_value()))
        if self.migration_database_url is not None:
            url = self.migration_database_url.get_secret_value()
            self._refuse("migration_database_url", unusable_database_url(url))
        return self

    def _check_production(self) -> None:
        if self.time_mode == "simulated":
            raise ValueError("OPSDESK_TIME_MODE=simulated is refused in production: set it to real")
        if self.local_issuer_directory or self.issuer == LOCAL_ISSUER:
            raise ValueError(
                "OPSDESK_LOCAL_ISSUER_DIRECTORY is refused in production: name your identity provider by OPSDESK_ISSUER and OPSDESK_JWKS_URL"
            )
        if self.jwks_url.lower().startswith("http://"):
            self._refuse("jwks_url", "http lets anybody on the way name keys")
        if self.kafka_security != "SASL_SSL":
            self._refuse("kafka_security", "in production others could read, write or answer")
        if self.console_url is not None:
            self._refuse("console_url", not_for_production(self.console_url))
        for name in ("database_url", "migration_database_url"):
            if (url := getattr(self, name)) is not None:
                self._refuse(name, unverified_database(url.get_secret_value()))

    def _refuse(self, name: str, why: str | None) -> None:
        """Raise ValueError with a sentence that names the variable, unless `why` is None."""
        if why is not None:
            wanted = type(self).model_fields[name].description
            raise ValueError(f"{PREFIX}{name.upper()} is wrong ({why}): give {wanted}")

    def _refuse_this_machine(self, *hosts: tuple[str, str]) -> None:
        """Raise ValueError for the first setting, of names with their hosts, that names localhost."""
        if (name := first_local(hosts)) is not None:
            self._refuse(name, "in production it must not name this machine")


S = TypeVar("S", bound=Settings)


def load_settings(settings: type[S]) -> S:
    """Read the settings from the environment. A missing, wrong or unknown one ends the start.

    Raises SystemExit with a sentence that names the variable and never repeats its value.
    """
    known = {*settings.model_fields, *file_names(settings.model_fields)}
    if unknown := unknown_name(os.environ, PREFIX, known):
        name, near = unknown
        advice = f"did you mean {near}?" if near else "remove it; docs/settings.md lists all."
        raise SystemExit(f"{name} is not a setting: {advice}")
    try:
        return settings(**read_secrets(os.environ, PREFIX, settings.model_fields))
    except ValidationError as wrong:
        raise SystemExit(describe_error(settings.model_fields, PREFIX, wrong)) from None
    except ValueError as wrong:
        raise SystemExit(f"{wrong}.") from None


def masked_settings(settings: Settings) -> dict[str, str]:
    """Return every variable with its value, secrets and passwords masked."""
    return {
        f"{PREFIX}{name.upper()}": mask(getattr(settings, name))
        for name in sorted(type(settings).model_fields)
    }
