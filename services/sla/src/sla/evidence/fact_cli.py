"""`python -m sla evidence verify | export`: the facts, their seals, and what outsiders check."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from common.cli.server import open_database
from common.http import Service
from common.messaging.kafka import Kafka
from common.restoration.own_records import TopicsNotReadable
from common.settings import load_settings
from sla.evidence.domain.fact_tables import SEALED
from sla.evidence.fact_check import check_evidence
from sla.evidence.fact_export import export_facts, unknown_relations
from sla.evidence.published import read_published_heads

MAX_PRINTED = 200


def create_commands(service: Service) -> typer.Typer:
    """Create the commands for this service."""
    app = typer.Typer(help="The facts of sla and the seals over them.", no_args_is_help=True)

    @app.command()
    def verify(
        head: Annotated[list[str] | None, typer.Option(help="a NUMBER:CHAIN noted earlier")] = None,
        published: Annotated[
            bool, typer.Option(help="also compare with the heads on the topic opsdesk.evidence")
        ] = False,
    ) -> None:
        """Compare every fact with its seals and versions. Ends with 1 where something differs."""

        async def run() -> tuple[list[str], str]:
            noted = [*(head or []), *(await _published(service) if published else [])]
            async with open_database(service) as database:
                check = await check_evidence(database, noted)
            return check.problems, check.summary()

        _report(service.name, *asyncio.run(run()))

    @app.command()
    def export(
        folder: Annotated[Path, typer.Argument(help="an empty or new folder")],
        relation: Annotated[
            list[str] | None, typer.Option(help=f"only of this table: {', '.join(SEALED)}")
        ] = None,
    ) -> None:
        """Write the sealed facts, the seals, and a verifier that needs nothing but Python."""
        if relation and (unknown := unknown_relations(relation)):
            raise SystemExit(f"{', '.join(unknown)} is none of: {', '.join(SEALED)}")

        async def run() -> str:
            async with open_database(service) as database:
                return await export_facts(database, folder, relation or None)

        typer.echo(asyncio.run(run()))

    return app


def _report(name: str, problems: list[str], summary: str) -> None:
    for problem in problems[:MAX_PRINTED]:
        typer.echo(f"{name}: {problem}")
    if len(problems) > MAX_PRINTED:
        typer.echo(f"{name}: and {len(problems) - MAX_PRINTED} more differences")
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{name}: {summary}")


async def _published(service: Service) -> list[str]:
    kafka = Kafka.from_settings(load_settings(service.settings))
    try:
        return await read_published_heads(kafka)
    except (KafkaError, TopicsNotReadable, TimeoutError) as error:
        raise SystemExit(
            f"The topic opsdesk.evidence cannot be read ({type(error).__name__}: {error}): nothing was"
            " compared. Try again when Kafka answers, or leave out --published."
        ) from None
