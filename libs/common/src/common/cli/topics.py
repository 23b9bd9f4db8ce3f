"""`topics`: create the topics of a service where Kafka lacks them."""

import asyncio
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from common.http import Service
from common.messaging.kafka import Kafka
from common.messaging.topics import TopicRefused, create_missing_topics, needed_topics
from common.settings import load_settings


def add_command(app: typer.Typer, service: Service) -> None:
    """Add the command to those of a service."""

    @app.command()
    def topics(
        replicas: Annotated[
            int | None, typer.Option(min=1, help="Copies of a new topic. Default: up to three.")
        ] = None,
    ) -> None:
        """Create the topics that the service sends to or receives from, where they are missing."""
        for name in asyncio.run(_create(service, replicas)):
            typer.echo(f"created: {name}")
        typer.echo(f"{service.name}: all its topics are there")


async def _create(service: Service, replicas: int | None) -> list[str]:
    kafka = Kafka.from_settings(load_settings(service.settings))
    try:
        topics = needed_topics(service.name, service.handlers)
        return await create_missing_topics(kafka, topics, replicas)
    except TopicRefused as error:
        raise SystemExit(f"{service.name}: Kafka refused the topic {error}.") from None
    except (KafkaError, OSError) as error:
        raise SystemExit(
            f"{service.name}: Kafka at {kafka.servers} does not answer ({type(error).__name__}): "
            "see OPSDESK_KAFKA_BOOTSTRAP_SERVERS."
        ) from None
