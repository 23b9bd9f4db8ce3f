"""Settings of a service, from environment variables `OPSDESK_*`: read once, never changed."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator

from common.settings_checks import (
    first_local,
    not_for_production,
    unknown_name,
    unusable_ca_file,
    unusable_networks,
    unusable_role_names,
    unusable_scope_names,
)
from common.settings_database import OWNER, RUNTIME, DatabaseSettings
from common.settings_errors import describe_error
from common.settings_kafka import DEFAULT_TOPIC_PREFIX as DEFAULT_TOPIC_PREFIX  # noqa: PLC0414 - a re-export
from common.settings_kafka import KafkaSettings
from common.settings_listening import ListeningSettings
from common.settings_process import PREFIX as PREFIX  # noqa: PLC0414 - a re-export
from common.settings_process import ProcessSettings
from common.settings_secrets import file_names, mask, read_secrets

LOCAL_ISSUER = "urn:opsdesk:issuer:local"
"""The issuer of `make run`. Refused in production."""


class Settings(KafkaSettings, DatabaseSettings, ListeningSettings):
    """The settings that every service has. A service adds its own in a subclass.

    Each description ends the sentence "OPSDESK_X is missing: give ...".
    """

    database_url: SecretStr = Field(description=RUNTIME)
    migration_database_url: SecretStr | None = Field(None, description=OWNER)

    write_connections: int = Field(
        10, ge=1, le=200, description="database connections of one replica for requests that write"
    )
    read_connections: int = Field(
        5, ge=1, le=200, description="those for requests that read one thing"
    )
    list_connections: int = Field(
        4, ge=1, le=200, description="those for lists, reports and simulations"
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
    https_ca_file: Path | None = Field(
        None,
        description="a PEM file with authorities of your own, believed beside the public ones: that of the issuer's"
        " certificate, and of the services' that the console asks",
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
    token_id_claim: str = Field(
        "jti",
        min_length=1,
        max_length=100,
        description="the claim that names a token, by which it is revoked; uti with Microsoft Entra",
    )
    roles_claim: str = Field(
        "roles",
        min_length=1,
        max_length=200,
        description="the claim with people's roles, or the way to it with dots, such as realm_access.roles",
    )
    role_names: str = Field(
        "",
        description="what the issuer calls our roles, as NAME=role,NAME=role, such as groups by their ids; with any,"
        " no other name gives a role",
    )
    scopes_claim: str = Field(
        "scope",
        min_length=1,
        max_length=200,
        description="the claim with machines' scopes, or the way to it with dots; roles with Microsoft Entra",
    )
    scope_names: str = Field(
        "",
        description="what the issuer calls our scopes, as NAME=scope,NAME=scope; with any, no other name gives a scope",
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
        """Default to no draining outside production, and to the local issuer's keys."""
        filled = dict(given)
        if filled.get("environment", "production") != "production":
            filled.setdefault("drain_s", 0)
        if local := filled.get("local_issuer_directory"):
            filled.setdefault("issuer", LOCAL_ISSUER)
            filled.setdefault("jwks_url", str(Path(local) / "jwks.json"))
        return filled

    @model_validator(mode="after")
    def _check_combinations(self) -> "Settings":
        if self.environment == "production":
            self._check_production()
        self._refuse("https_ca_file", unusable_ca_file(self.https_ca_file))
        self._refuse("trusted_proxies", unusable_networks(self.trusted_proxies))
        self._refuse("role_names", unusable_role_names(self.role_names))
        self._refuse("scope_names", unusable_scope_names(self.scope_names))
        return self

    def _check_production(self) -> None:
        if self.local_issuer_directory or self.issuer == LOCAL_ISSUER:
            raise ValueError(
                "OPSDESK_LOCAL_ISSUER_DIRECTORY is refused in production: name your identity provider by OPSDESK_ISSUER and OPSDESK_JWKS_URL"
            )
        if self.jwks_url.lower().startswith("http://"):
            self._refuse("jwks_url", "http lets anybody on the way name keys")
        if self.console_url is not None:
            self._refuse("console_url", not_for_production(self.console_url))

    def _refuse_this_machine(self, *hosts: tuple[str, str]) -> None:
        """Raise ValueError for the first setting, of names with their hosts, that names localhost."""
        if (name := first_local(hosts)) is not None:
            self._refuse(name, "in production it must not name this machine")


S = TypeVar("S", bound=ProcessSettings)


def load_settings(settings: type[S], service: type[ProcessSettings] | None = None) -> S:
    """Read the settings from the environment. A missing, wrong or unknown one ends the start.

    `service`: the settings of the whole service, where a command reads a part of them only: their names
    are known, too. Raises SystemExit with a sentence that names the variable and never repeats its value.
    """
    read = (settings, service or settings)
    known = {name for one in read for name in (*one.model_fields, *file_names(one.model_fields))}
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


def masked_settings(settings: ProcessSettings) -> dict[str, str]:
    """Return every variable with its value, secrets and passwords masked."""
    return {
        f"{PREFIX}{name.upper()}": mask(getattr(settings, name))
        for name in sorted(type(settings).model_fields)
    }
