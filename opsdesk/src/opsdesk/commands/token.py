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
from opsdesk.endpoints import find_endpoints
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
def revoke(
    reason: Annotated[str, Option(help="Why, for the audit trail.")],
    token: Annotated[str | None, Argument(help="The token, as it was printed.")] = None,
    person: Annotated[str | None, Option(help="Instead: all tokens of this person.")] = None,
    client: Annotated[str | None, Option(help="Instead: all tokens of this client.")] = None,
) -> None:
    """Revoke a token, or all tokens of a person or a client, in all services."""
    run_command(_revoke(reason, token, person, client))


async def _issue(name: str, scope: str, owner: str | None) -> None:
    machine = Identity(name, name, scope=scope, owner=owner)
    print_line(issue_token(local_issuer(find_endpoints()), machine).token)


async def _revoke(reason: str, token: str | None, person: str | None, client: str | None) -> None:
    kind, name, sentence = _revoked(token, person, client)
    async with own_client() as caller:
        body = {"kind": kind, "name": name, "reason": reason}
        await caller.post("intake", "/v1/token-revocations", body)
    print_line(sentence)


def _revoked(token: str | None, person: str | None, client: str | None) -> tuple[str, str, str]:
    """The kind and name of what to revoke, and what to say then. Raises CliError unless it is one."""
    match token, person, client:
        case str(), None, None:
            claims = read_claims(token)
            until = format_instant(datetime.fromtimestamp(claims["exp"], UTC))
            sentence = f"The token of {claims['sub']} (valid until {until}) is revoked."
            return "token", claims["jti"], sentence
        case None, str(), None:
            return "person", person, f"All tokens of {person} are revoked."
        case None, None, str():
            return "client", client, f"All tokens of the client {client} are revoked."
    raise CliError("Name one of the three: a token, --person or --client.")


def read_claims(token: str) -> JSON:
    """Read the claims that identify a token, without verifying it. Raises CliError."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {name: claims[name] for name in ("jti", "exp", "sub")}
    except (IndexError, ValueError, KeyError, TypeError):
        raise CliError("This is not a token with the claims `jti`, `exp` and `sub`.") from None
