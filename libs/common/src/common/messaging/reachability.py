"""Why a Kafka cannot be used: clients of aiokafka say only that none of the brokers answers."""

import ssl
from typing import Final

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from common.messaging.kafka import Kafka, with_timeout

TIMEOUT_S: Final = 10.0
"""Seconds that one broker has to take or refuse the login."""
REFUSALS: Final = (
    AuthenticationFailedError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)


async def describe_unreachable(kafka: Kafka, error: Exception) -> str:
    """Return a sentence about a Kafka that could not be used, and what to look at. Asks its brokers once more."""
    for found in [await _try_login(kafka, host, port) for host, port in _brokers(kafka)]:
        if isinstance(found, REFUSALS):
            return (
                f"Kafka at {kafka.servers} refuses the login of {kafka.username} "
                f"({type(found).__name__}): see OPSDESK_KAFKA_USERNAME, its password, and whether Kafka has that user"
            )
        if isinstance(found, ssl.SSLError):
            return (
                f"the certificate of Kafka at {kafka.servers} is not accepted ({found.reason}): "
                "see OPSDESK_KAFKA_CA_FILE"
            )
    return (
        f"Kafka at {kafka.servers} does not answer ({type(error).__name__}): "
        "see OPSDESK_KAFKA_BOOTSTRAP_SERVERS"
    )


def _brokers(kafka: Kafka) -> list[tuple[str, int]]:
    return [(host, port) for host, port, _ in collect_hosts(kafka.servers, randomize=False)]


async def _try_login(kafka: Kafka, host: str, port: int) -> Exception | None:
    options = kafka.options()
    del options["bootstrap_servers"]
    try:
        connection = await with_timeout(TIMEOUT_S, create_conn(host, port, **options))
    except (KafkaError, OSError, TimeoutError) as error:
        return error
    connection.close()
    return None
