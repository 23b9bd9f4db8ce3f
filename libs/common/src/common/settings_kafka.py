"""The settings of the way to Kafka. `topics` reads them without those of PostgreSQL and issuer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, SecretStr, model_validator

from common.settings_checks import unusable_ca_file
from common.settings_process import ProcessSettings

DEFAULT_TOPIC_PREFIX: Final = "opsdesk"
"""What topics and consumer groups begin with, unless OPSDESK_TOPIC_PREFIX says otherwise."""

KafkaSecurity = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"]


class KafkaSettings(ProcessSettings):
    """Part of the settings of every service: how Kafka is reached, and what names there begin with."""

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

    @model_validator(mode="before")
    @classmethod
    def _fill_kafka_security(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Default to a plain Kafka outside production."""
        filled = dict(given)
        if filled.get("environment", "production") != "production":
            filled.setdefault("kafka_security", "PLAINTEXT")
        return filled

    @model_validator(mode="after")
    def _check_kafka(self) -> "KafkaSettings":
        if self.environment == "production" and self.kafka_security != "SASL_SSL":
            self._refuse("kafka_security", "in production others could read, write or answer")
        if self.kafka_security.startswith("SASL") and not (
            self.kafka_username and self.kafka_password
        ):
            raise ValueError(
                f"OPSDESK_KAFKA_USERNAME and OPSDESK_KAFKA_PASSWORD are needed with OPSDESK_KAFKA_SECURITY={self.kafka_security}"
            )
        self._refuse("kafka_ca_file", unusable_ca_file(self.kafka_ca_file))
        return self
