"""How the command reaches services and Kafka: with TLS, and an authority of one's own where one is given."""

import os
import ssl
from pathlib import Path

import httpx

from common.messaging.kafka import Kafka
from opsdesk.errors import CliError

TIMEOUT_S = 30
"""Seconds that a service may take to answer."""


def open_http_client() -> httpx.AsyncClient:
    """Open a client that trusts this machine's authorities, or those in OPSDESK_CA_FILE alone."""
    return httpx.AsyncClient(timeout=TIMEOUT_S, verify=_tls(_file("OPSDESK_CA_FILE")))


def kafka_of(servers: str) -> Kafka:
    """Return how to reach Kafka, by the variables that the services have; without any, in plain text.

    Raises CliError where one is missing or a file cannot be read.
    """
    security = os.environ.get("OPSDESK_KAFKA_SECURITY", "PLAINTEXT")
    username = os.environ.get("OPSDESK_KAFKA_USERNAME")
    password = secret("OPSDESK_KAFKA_PASSWORD")
    if security.startswith("SASL") and not (username and password):
        raise CliError(
            f"OPSDESK_KAFKA_SECURITY={security} needs OPSDESK_KAFKA_USERNAME and OPSDESK_KAFKA_PASSWORD."
        )
    return Kafka(
        servers,
        security,
        os.environ.get("OPSDESK_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"),
        username,
        password,
        _file("OPSDESK_KAFKA_CA_FILE"),
    )


def secret(variable: str) -> str | None:
    """Return a secret from its variable, or from the file that the same name with `_FILE` names."""
    if value := os.environ.get(variable):
        return value
    path = _file(f"{variable}_FILE")
    return path.read_text(encoding="utf-8").strip() if path else None


def _file(variable: str) -> Path | None:
    """Return the file that a variable names. Raises CliError where it is not there."""
    name = os.environ.get(variable)
    if name and not Path(name).is_file():
        raise CliError(f"{variable} names {name}, which is no file.")
    return Path(name) if name else None


def _tls(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except ssl.SSLError:
        raise CliError(f"{authorities} is no PEM file with certificates of authorities.") from None
