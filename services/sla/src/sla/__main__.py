"""`python -m sla`: the commands of the service."""

import asyncio

import typer

from common.cli import create_cli
from common.persistence.database import Database
from common.settings import load_settings
from sla.app import SERVICE
from sla.catalogue.commands import publish_all
from sla.clocks.replay import find_differences
from sla.evidence.fact_check import find_evidence_problems
from sla.evidence.fact_cli import create_commands as create_evidence_commands
from sla.outages.store.verification import find_inconsistent_outages
from sla.punctuality.cli import create_commands
from sla.punctuality.export import evidence_problems
from sla.reports.rollup_jobs import find_wrong_figures

app = create_cli(SERVICE, announce=publish_all)
app.add_typer(create_commands(SERVICE), name="punctuality")
app.add_typer(create_evidence_commands(SERVICE), name="evidence")


@app.command()
def verify() -> None:
    """Replay every clock from its inputs, recount the figures of the reports, recompute the seals over
    what fired when, compare every outage with its records, and every fact with its versions and seals.

    Prints the differences and exits with 1 if there are any.
    """
    if problems := asyncio.run(_find_problems()):
        for problem in problems:
            typer.echo(problem)
        raise typer.Exit(1)
    typer.echo(
        "sla: every clock is what its inputs say, every figure what the facts say, "
        "every firing what was sealed, every outage what was last said of it, every fact what was written "
        "and sealed"
    )


async def _find_problems() -> list[str]:
    settings = load_settings(SERVICE.settings)
    database = Database(settings.database_url.get_secret_value(), SERVICE.schema)
    try:
        problems = [problem async for problem in find_differences(database)]
        problems += [problem async for problem in find_wrong_figures(database)]
        problems += [problem async for problem in evidence_problems(database)]
        problems += [problem async for problem in find_evidence_problems(database)]
        async with database.transaction() as tx:
            return problems + await find_inconsistent_outages(tx)
    finally:
        await database.close()


if __name__ == "__main__":
    app()
