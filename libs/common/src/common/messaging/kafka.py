"""The connection to Kafka, shared by producer, consumer and tools."""

import asyncio
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from common.settings_kafka import DEFAULT_TOPIC_PREFIX, KafkaSettings

T = TypeVar("T")

CANCEL_TIMEOUT_S = 5.0
"""Seconds for running calls to end when their client is given up."""


@dataclass(frozen=True, slots=True)
class Kafka:
    """`servers` is "host:port,host:port". In production: SASL_SSL with one principal a service."""

    servers: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "PLAIN"
    username: str | None = None
    password: str | None = None
    ca_file: Path | None = None
    topic_prefix: str = DEFAULT_TOPIC_PREFIX

    @classmethod
    def from_settings(cls, settings: KafkaSettings) -> "Kafka":
        secret = settings.kafka_password
        return cls(
            settings.kafka_bootstrap_servers,
            settings.kafka_security,
            settings.kafka_sasl_mechanism,
            settings.kafka_username,
            secret.get_secret_value() if secret else None,
            settings.kafka_ca_file,
            settings.topic_prefix,
        )

    def topic(self, name: str) -> str:
        """Return the topic's name on this Kafka: the code says `opsdesk.tickets` everywhere."""
        if not name.startswith(f"{DEFAULT_TOPIC_PREFIX}."):
            return name
        return f"{self.topic_prefix}{name.removeprefix(DEFAULT_TOPIC_PREFIX)}"

    def group(self, service: str) -> str:
        """Return the name of a service's consumer group."""
        return f"{self.topic_prefix}.{service}"

    def options(self) -> dict[str, Any]:
        """Keyword arguments for any aiokafka client."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers.split(","),
            "security_protocol": self.security_protocol,
        }
        if self.security_protocol.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        if self.security_protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options


async def with_timeout(seconds: float, coroutine: Coroutine[Any, Any, T]) -> T:
    """Await a call of aiokafka. Always raises TimeoutError after `seconds`.

    It hides two faults of aiokafka 0.14. A call that swallows its cancellation is abandoned, where
    `asyncio.timeout` would wait for ever. And a call in which a task was cancelled (`stop()` after
    an outage) raises CancelledError, which would silently end the caller's loop.
    """
    task = asyncio.ensure_future(coroutine)
    task.add_done_callback(consume_exception)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        ended = task.done()
        task.cancel()
    if not ended or task.cancelled():
        raise TimeoutError(f"no answer within {seconds:.0f} s")
    return task.result()


def consume_exception(task: asyncio.Future[Any]) -> BaseException | None:
    """Return why a task ended. As a done callback it marks the exception as retrieved."""
    return TimeoutError("given up inside") if task.cancelled() else task.exception()


async def run_until_first_error(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run endless coroutines until one fails, and raise its error.

    Not a TaskGroup: it waits for the end of all of them, and a call of aiokafka may swallow its
    cancellation while the broker is down.
    """
    tasks = [asyncio.create_task(part) for part in coroutines]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.add_done_callback(consume_exception)
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_TIMEOUT_S)
    for task in tasks:
        if task in ended and (error := consume_exception(task)):
            raise error
