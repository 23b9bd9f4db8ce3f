"""The commands `opsdesk token issue | revoke`: tokens of machines, by the local issuer."""

import base64
import json
from datetime import UTC, datetime
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, run_command
from opsdesk.company.demo_data import Identity
from opsdesk.demo_clients import issue_token, local_issuer
from opsdesk.endpoints import SERVICES, find_endpoints
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Tokens for machines.", no_args_is_help=True)


@app.command("issue")
def issue_(
    name: Annotated[str, Argument(help="The name of the machine in the audit trail.")],
    scope: Annotated[str, Option(help="Its scopes, such as 'alerts:write'.")],
    owner: Annotated[
        str | None,
        Option(help="The `sub` of who answers for it: where two people are needed, both are one."),
    ] = None,
) -> None:
    """Print a token that is valid for a day."""
    run_command(_issue(name, scope, owner))


@app.command()
def revoke(token: Annotated[str, Argument(help="The token, as it was printed.")]) -> None:
    """Revoke a token in all services."""
    run_command(_revoke(token))


async def _issue(name: str, scope: str, owner: str | None) -> None:
    machine = Identity(name, name, scope=scope, owner=owner)
    print_line(issue_token(local_issuer(find_endpoints()), machine).token)


async def _revoke(token: str) -> None:
    claims = read_claims(token)
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    body = {"jti": claims["jti"], "expires_at": expires_at.isoformat()}
    async with own_client() as client:
        for service in SERVICES:
            await client.post(service, "/v1/token-revocations", body)
    print_line(
        f"The token of {claims['sub']} (valid until {format_instant(expires_at)}) is revoked."
    )


def read_claims(token: str) -> JSON:
    """Read the claims that identify a token, without verifying it. Raises CliError."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {name: claims[name] for name in ("jti", "exp", "sub")}
    except (IndexError, ValueError, KeyError, TypeError):
        raise CliError("This is not a token with the claims `jti`, `exp` and `sub`.") from None
