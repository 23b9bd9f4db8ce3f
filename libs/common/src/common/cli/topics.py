"""`topics plan`, `topics apply`: the topics of a service as they are to be."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from common.http import Service
from common.messaging import topic_admin
from common.messaging.kafka import Kafka
from common.messaging.reachability import describe_unreachable
from common.messaging.topic_plan import TopicChange
from common.messaging.topics import RETENTION_DAYS, needed_topics
from common.settings import load_settings
from common.settings_kafka import KafkaSettings

Replicas = Annotated[
    int | None, typer.Option(min=1, help="Copies of each topic. Default: up to three.")
]
Days = Annotated[int, typer.Option(min=1, help="Days that records stay, at least.")]
Work = Callable[..., Awaitable[list[TopicChange]]]


def create_commands(service: Service) -> typer.Typer:
    """The `topics` commands of a service. They need OPSDESK_KAFKA_… and nothing else."""
    app = typer.Typer(help="The topics that the service sends to or receives from.")

    @app.callback(invoke_without_command=True)
    def topics(
        context: typer.Context, replicas: Replicas = None, retention_days: Days = RETENTION_DAYS
    ) -> None:
        """Make the topics as they are to be: the same as `topics apply`."""
        if context.invoked_subcommand is None:
            _apply(service, replicas, retention_days)

    @app.command()
    def plan(replicas: Replicas = None, retention_days: Days = RETENTION_DAYS) -> None:
        """Say what `topics apply` would do. Changes nothing."""
        changes = _run(service, topic_admin.plan, replicas, retention_days)
        _print(service, changes, {"create": "would create", "configure": "would set"})

    @app.command()
    def apply(replicas: Replicas = None, retention_days: Days = RETENTION_DAYS) -> None:
        """Create what is missing and set what is configured otherwise. Deletes and shrinks nothing.

        What only a person may do (partitions, more replicas) is said, and ends it with code 1.
        """
        _apply(service, replicas, retention_days)

    return app


def _apply(service: Service, replicas: int | None, retention_days: int) -> None:
    changes = _run(service, topic_admin.apply, replicas, retention_days)
    _print(service, changes, {"create": "created", "configure": "set"})
    if any(change.kind == "by_hand" for change in changes):
        raise typer.Exit(1)


def _run(
    service: Service, work: Work, replicas: int | None, retention_days: int
) -> list[TopicChange]:
    kafka = Kafka.from_settings(load_settings(KafkaSettings, service.settings))
    topics = needed_topics(service.name, service.handlers)
    try:
        return asyncio.run(_await(work(kafka, topics, replicas, retention_days)))
    except topic_admin.TopicRefused as error:
        raise SystemExit(
            f"{service.name}: Kafka refused the topic {error}. This command wants the rights that "
            f"`acls administrator` prints; it ran as {kafka.username or 'nobody'}."
        ) from None
    except (KafkaError, OSError) as error:
        why = asyncio.run(describe_unreachable(kafka, error))
        raise SystemExit(f"{service.name}: {why}.") from None


async def _await(work: Awaitable[list[TopicChange]]) -> list[TopicChange]:
    return await work


def _print(service: Service, changes: Sequence[TopicChange], verbs: dict[str, str]) -> None:
    for line in _lines(changes, verbs):
        typer.echo(f"{service.name}: {line}")
    if not any(change.kind in verbs for change in changes):
        typer.echo(f"{service.name}: nothing to do, all its topics are there")


def _lines(changes: Sequence[TopicChange], verbs: dict[str, str]) -> Iterator[str]:
    for change in changes:
        verb = verbs.get(change.kind, "by hand:")
        yield f"{verb} {change.what.removeprefix('create ').removeprefix('set ')}"
