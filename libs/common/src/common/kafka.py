"""How to reach Kafka: the settings that producer, consumer and tools share."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.settings import Settings


@dataclass(frozen=True, slots=True)
class Kafka:
    """`servers` is "host:port,host:port". In production: SASL_SSL with one principal a service."""

    servers: str
    security: str = "PLAINTEXT"
    mechanism: str = "PLAIN"
    username: str | None = None
    password: str | None = None
    authority: Path | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Kafka":
        secret = settings.kafka_password
        return cls(
            settings.kafka,
            settings.kafka_security,
            settings.kafka_sasl_mechanism,
            settings.kafka_username,
            secret.get_secret_value() if secret else None,
            settings.kafka_ca,
        )

    def options(self) -> dict[str, Any]:
        """Keyword arguments for any aiokafka client."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers.split(","),
            "security_protocol": self.security,
        }
        if self.security.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=self.authority)
        if self.security.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options
