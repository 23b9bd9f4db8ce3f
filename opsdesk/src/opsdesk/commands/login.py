"""`opsdesk login NAME`."""

from typing import Annotated

from typer import Argument

from opsdesk import session
from opsdesk.commands.console import run, say
from opsdesk.company.demo_data import read_book
from opsdesk.demo_clients import identity, issue, local_issuer
from opsdesk.endpoints import find_running


def login(
    name: Annotated[str, Argument(help="Somebody of the demo company, such as anna.")],
) -> None:
    """Log in at this terminal, by the local issuer of `make run`."""
    run(_login(name))


async def _login(name: str) -> None:
    who = identity(read_book().identities(), name)
    session.keep(name, issue(local_issuer(find_running()), who).token)
    may = ", ".join(who.roles) or who.scope
    say(f"You are {who.name} ({may}) for a day.")
