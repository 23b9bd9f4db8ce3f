"""The command `opsdesk login NAME`."""

from typing import Annotated

from typer import Argument

from opsdesk import session
from opsdesk.commands.console import print_line, run_command
from opsdesk.company.demo_data import read_demo_data
from opsdesk.demo_clients import find_identity, issue_token, local_issuer
from opsdesk.endpoints import find_endpoints


def login(
    name: Annotated[str, Argument(help="Somebody of the demo company, such as anna.")],
) -> None:
    """Log in with a token of the local issuer of `make run`."""
    run_command(_login(name))


async def _login(name: str) -> None:
    identity = find_identity(read_demo_data().identities(), name)
    session.save_login(name, issue_token(local_issuer(find_endpoints()), identity).token)
    permissions = ", ".join(identity.roles) or identity.scope
    print_line(f"You are {identity.name} ({permissions}) for a day.")
