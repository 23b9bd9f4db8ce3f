"""`python -m sla`: what ops run."""

import asyncio

import typer

from common.command import command
from common.database import Database
from common.settings import load
from sla.app import SERVICE
from sla.counting import wrong_figures
from sla.verification import differences

app = command(SERVICE)


@app.command()
def verify() -> None:
    """Replay every clock from its inputs, and count every figure of the reports again.

    Ends with 1 and the differences where there are any.
    """
    if found := asyncio.run(_verify()):
        for difference in found:
            typer.echo(difference)
        raise typer.Exit(1)
    typer.echo("sla: every clock is what its inputs say, every figure what the facts say")


async def _verify() -> list[str]:
    settings = load(SERVICE.settings)
    database = Database(settings.database_url.get_secret_value(), SERVICE.schema)
    try:
        wrong = [difference async for difference in differences(database)]
        return wrong + [figure async for figure in wrong_figures(database)]
    finally:
        await database.close()


if __name__ == "__main__":
    app()
