"""`python -m sla`: what ops run."""

import asyncio

import typer

from common.cli import create_cli
from common.persistence.database import Database
from common.settings import load_settings
from sla.app import SERVICE
from sla.clocks.replay import differences
from sla.outages.store.verification import unlike_their_records
from sla.punctuality.cli import program
from sla.punctuality.export import wrong_evidence
from sla.reports.rollup_jobs import wrong_figures

app = create_cli(SERVICE)
app.add_typer(program(SERVICE), name="punctuality")


@app.command()
def verify() -> None:
    """Replay every clock from its inputs, count every figure of the reports again, recompute the
    seals over what fired when, and hold every outage against its records.

    Ends with 1 and the differences where there are any.
    """
    if found := asyncio.run(_verify()):
        for difference in found:
            typer.echo(difference)
        raise typer.Exit(1)
    typer.echo(
        "sla: every clock is what its inputs say, every figure what the facts say, "
        "every firing what was sealed, every outage what was last said of it"
    )


async def _verify() -> list[str]:
    settings = load_settings(SERVICE.settings)
    database = Database(settings.database_url.get_secret_value(), SERVICE.schema)
    try:
        wrong = [difference async for difference in differences(database)]
        wrong += [figure async for figure in wrong_figures(database)]
        wrong += [place async for place in wrong_evidence(database)]
        async with database.transaction() as tx:
            return wrong + await unlike_their_records(tx)
    finally:
        await database.close()


if __name__ == "__main__":
    app()
