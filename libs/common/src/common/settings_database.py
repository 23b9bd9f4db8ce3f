"""The settings of the way to PostgreSQL. `migrate` and `database` read them without those of Kafka and issuer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import Field, SecretStr, model_validator

from common.settings_checks import unusable_ca_file, unusable_database_url, unverified_database
from common.settings_process import PREFIX, ProcessSettings
from common.settings_transport import DATABASE_URLS, DatabaseTls, addresses_with_tls

OWNER: Final = "the owner role's postgresql:// address; only `migrate` and `database` need it"
RUNTIME: Final = "the runtime role's postgresql://user:password@host:port/database"


class DatabaseSettings(ProcessSettings):
    """Part of the settings of every service: how PostgreSQL is reached."""

    database_tls: DatabaseTls = Field(
        "verify-full",
        description="how PostgreSQL is reached: verify-full, or verify-ca, require, prefer, disable "
        "(prefer outside production)",
    )
    database_ca_file: Path | None = Field(
        None, description="a PEM file with the authority that signed PostgreSQL's certificate"
    )

    @model_validator(mode="before")
    @classmethod
    def _write_tls_into_addresses(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Write the way to PostgreSQL into its addresses."""
        in_production = given.get("environment", "production") == "production"
        mode = "verify-full" if in_production else None
        filled = dict(given) | addresses_with_tls(given, mode, PREFIX)
        if not in_production:
            filled.setdefault("database_tls", "prefer")
        return filled

    @model_validator(mode="after")
    def _check_database(self) -> "DatabaseSettings":
        self._refuse("database_ca_file", unusable_ca_file(self.database_ca_file))
        for name in DATABASE_URLS:
            if (secret := getattr(self, name, None)) is not None:
                url = secret.get_secret_value()
                self._refuse(name, unusable_database_url(url))
                if self.environment == "production":
                    self._refuse(name, unverified_database(url))
        return self


class MigrationSettings(DatabaseSettings):
    """All that `migrate` reads."""

    migration_database_url: SecretStr = Field(description=OWNER)


class AdministrationSettings(MigrationSettings):
    """All that `database` reads: the roles and passwords to be are those of the service's own addresses."""

    admin_database_url: SecretStr = Field(
        description="the postgresql:// address of a role that may create roles, schemas and databases; only "
        "`database` needs it, and it may name any database of the server"
    )
    database_url: SecretStr = Field(description=RUNTIME)
    reporting_password: SecretStr | None = Field(
        None,
        description="the password of opsdesk_reporting, which BI tools use; only `database` needs it, and without "
        "one that role cannot log in until somebody gives it one",
    )
