"""`restored`, `restored list`: to be run once a database was restored, before the service starts."""

import asyncio
import getpass
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from common.cli.server import open_database
from common.domain import Actor
from common.http import Service
from common.messaging.kafka import Kafka
from common.restoration.exclusion import NotAlone, StillRecovering, sole_process
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import TopicsNotReadable
from common.restoration.restore import Restored, restore
from common.restoration.store import LostSubject, list_lost
from common.settings import load_settings


def create_commands(service: Service) -> typer.Typer:
    """The `restored` commands of a service."""
    app = typer.Typer(help="After the database was restored from a backup.")

    @app.callback(invoke_without_command=True)
    def restored_(context: typer.Context) -> None:
        """Raise sequences and numbers above all that was ever published; list what is lost."""
        if context.invoked_subcommand is None:
            for line in _format_result(service, asyncio.run(_restore(service))):
                typer.echo(line)

    @app.command("list")
    def list_(
        limit: Annotated[int, typer.Option(min=1, help="subjects at most")] = 1000,
    ) -> None:
        """List whose later events are lost: here, and at the services that this one hears."""
        subjects = asyncio.run(_list(service, limit))
        for subject in subjects:
            for line in _format_subject(subject):
                typer.echo(line)
        typer.echo(f"{len(subjects)} subjects")

    return app


async def _restore(service: Service) -> Restored:
    own = OwnHistory.of(service.name, service.sequenced, service.numbers)
    kafka = Kafka.from_settings(load_settings(service.settings))
    actor = Actor(f"shell:{getpass.getuser()}")
    try:
        async with open_database(service) as database, sole_process(database, service.name):
            return await restore(database, kafka, own, actor)
    except (NotAlone, StillRecovering) as reason:
        raise SystemExit(f"{reason}.") from None
    except (TopicsNotReadable, KafkaError, TimeoutError) as error:
        raise SystemExit(
            f"{service.name}: the own topics cannot be read ({str(error) or type(error).__name__}). Nothing is "
            "wrong with what was done so far: run it again once Kafka answers. The service does "
            "not start before."
        ) from None


async def _list(service: Service, limit: int) -> list[LostSubject]:
    async with open_database(service) as database, database.transaction() as tx:
        return await list_lost(tx, limit)


def _format_result(service: Service, result: Restored) -> list[str]:
    numbers = [f"{name} goes on after {last}" for name, last in sorted(result.numbers.items())]
    return [
        *numbers,
        f"{service.name}: {result.records} own records read, {len(result.lost)} subjects with lost events (`restored list`). The service may start.",
    ]


def _format_subject(lost: LostSubject) -> list[str]:
    name = f"{lost.name} " if lost.name else ""
    state = f"known up to {lost.stored_sequence}" if lost.exists else "not known at all"
    sequences = f"{state}, published up to {lost.published_sequence}"
    return [
        f"{lost.found_at:%Y-%m-%d %H:%M:%S}  {lost.source}  {name}{lost.subject}  {sequences}",
        *(f"    {one['sequence']}  {one['at']}  {one['type']}" for one in lost.events),
    ]
