"""The commands `opsdesk access list | request | approve | decline | grant | verify | recertify | remove | export …`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.session import own_client

app = Typer(help="Accesses: who has which, why and until when.", no_args_is_help=True)
DEFAULT_LIMIT = 200

Access = Annotated[str, Argument(help="Its key, such as ACC-7.")]
Reason = Annotated[str, Option(help="Why.")]


@app.command("list")
def list_(
    waiting_for: Annotated[
        str | None, Option(help="approval, verification, removal, recertification")
    ] = None,
    person: Annotated[str | None, Option(help="Who has it.")] = None,
) -> None:
    """List accesses, by default all of them."""
    query = {"waiting_for": waiting_for, "person": person}
    run_command(_list({name: value for name, value in query.items() if value is not None}))


@app.command("request")
def request(
    person: Annotated[str, Argument(help="Who gets it.")],
    resource: Annotated[str, Argument(help="To what.")],
    level: Annotated[str, Option(help="What one may do there: read, admin, …")],
    until: Annotated[str, Option(help="The last day: 2026-06-30.")],
    reason: Reason,
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
) -> None:
    """Ask for an access of one person."""
    body = {"person": person, "resource": resource, "level": level, "until": until}
    body |= {"reason": reason} | ({} if environment is None else {"environment": environment})
    run_command(_request(body))


@app.command("approve")
def approve(access: Access) -> None:
    """Approve an access that you neither asked for nor get."""
    run_command(_post(access, "decision", {"decision": "approved"}))


@app.command("decline")
def decline(access: Access, reason: Reason) -> None:
    """Decline an access."""
    run_command(_post(access, "decision", {"decision": "declined", "reason": reason}))


@app.command("grant")
def grant(access: Access) -> None:
    """Record that you gave an access."""
    run_command(_post(access, "grant", {}))


@app.command("verify")
def verify(access: Access) -> None:
    """Verify that an access is what was approved, as another person than who gave it."""
    run_command(_post(access, "grant/verify", {}))


@app.command("recertify")
def recertify(access: Access) -> None:
    """Say that an access is still needed."""
    run_command(_post(access, "recertify", {}))


@app.command("ask-removal")
def ask_removal(access: Access, reason: Reason) -> None:
    """Ask that an access is taken away."""
    run_command(_post(access, "removal-request", {"reason": reason}))


@app.command("remove")
def remove(access: Access) -> None:
    """Record that you took an access away."""
    run_command(_post(access, "remove", {}))


@app.command("verify-removal")
def verify_removal(access: Access) -> None:
    """Verify that an access is gone, as another person than who took it away."""
    run_command(_post(access, "removal/verify", {}))


@app.command("export")
def export(file: Annotated[Path, Argument(help="The CSV file to write.")]) -> None:
    """Export all accesses that there ever were, for auditors."""
    content = run_command(_export())
    file.write_bytes(content)
    rows = content.count(b"\n") - 1
    print_line(f"Accesses in {file}: {rows}.")


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/access-requests", limit=DEFAULT_LIMIT, **query)
    columns = ("access", "state", "person", "environment", "resource", "level", "until", "owed")
    names = ("key", "state", "person", "environment", "resource", "level", "until", "owed_removal")
    print_table("Accesses", columns, (tuple(one[name] for name in names) for one in page["items"]))


async def _request(body: JSON) -> None:
    async with own_client() as client:
        access = await client.post("intake", "/v1/access-requests", body)
    print_line(f"{access['key']} waits for an approval.")


async def _post(access: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        shown = await client.post("intake", f"/v1/access-requests/{access}/{step}", body)
    state = shown["state"].replace("_", " ")
    print_line(f"{shown['key']} is {state}: {shown['person']}, {shown['resource']}.")


async def _export() -> bytes:
    async with own_client() as client:
        answer = await client.get_response("intake", "/v1/access-requests/evidence")
    return answer.content
