"""The commands `opsdesk agreements list | show | match | draft | propose | approve | publish | …`."""

from collections.abc import Callable
from typing import Annotated, Final

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.agreement_terms import (
    describe_within,
    other_side,
    print_version,
    version_name,
)
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.json_files import JsonFile, read_fields
from opsdesk.session import own_client

app = Typer(help="Agreements: what was promised to whom.", no_args_is_help=True)

Key = Annotated[str, Argument(help="Its key, for the newest version; or the id of a version.")]
Reason = Annotated[str, Argument(help="Why, for the record.")]
STEPS: Final = {
    "propose": "Propose a draft: it is open to comments and approval.",
    "revise": "Revise a proposed version: it is a draft again.",
    "withdraw": "Withdraw a version before it is published.",
    "approve": "Approve a version for our side, as another person than who approved before.",
    "publish": "Publish a version that both sides approved, as another person than its author.",
}


@app.command("list")
def list_() -> None:
    """List all versions, by key."""
    run_command(_list())


@app.command()
def show(
    agreement: Key,
    version: Annotated[int | None, Option(help="This version; by default the newest.")] = None,
) -> None:
    """Show what a version promises, and who signed it."""
    run_command(_show(agreement, {} if version is None else {"version": version}))


@app.command()
def match(
    customer: Annotated[str, Argument(help="The customer's key.")],
    service: Annotated[str | None, Option(help="The service's key.")] = None,
    priority: Annotated[str, Option(help="blocker, critical, major, …")] = "major",
    kind: Annotated[str, Option(help="incident, question, …")] = "incident",
) -> None:
    """Say which agreement applies to a ticket opened now, and why no other one."""
    query = {"customer": customer, "service": service, "priority": priority, "kind": kind}
    run_command(_match({name: value for name, value in query.items() if value is not None}))


@app.command()
def draft(file: JsonFile) -> None:
    """Draft a version from a file; a key that exists gets its next version."""
    run_command(_draft(read_fields(file)))


@app.command()
def redraft(agreement: Key, file: JsonFile) -> None:
    """Replace all terms of a draft by those of a file."""
    run_command(_redraft(agreement, read_fields(file)))


def _step_command(step: str, about: str) -> Callable[[Key], None]:
    def command(agreement: Key) -> None:
        run_command(_take_step(agreement, step))

    command.__doc__ = about
    return command


for _step, _about in STEPS.items():
    app.command(_step)(_step_command(_step, _about))


@app.command()
def decline(agreement: Key, reason: Reason) -> None:
    """Refuse to sign a proposed version for our side: it is a draft again, and both sides read why."""
    run_command(_take_step(agreement, "decline", {"reason": reason}))


@app.command()
def end(agreement: Key, reason: Reason) -> None:
    """Ask for the end of an agreement with all its versions; another person confirms it."""
    run_command(_end(agreement, reason))


@app.command("confirm-end")
def confirm_end(agreement: Key) -> None:
    """Confirm the end of an agreement: its open clocks are cancelled."""
    run_command(_confirm_end(agreement))


@app.command("withdraw-end")
def withdraw_end(agreement: Key) -> None:
    """Withdraw the request for the end of an agreement."""
    run_command(_withdraw_end(agreement))


@app.command()
def move(agreement: Key, reason: Reason) -> None:
    """Measure the open clocks of earlier versions by this one, as another person than published it."""
    run_command(_move(agreement, reason))


async def _list() -> None:
    async with own_client() as client:
        versions = [one async for one in client.items("sla", "/v1/agreements")]
    columns = ("agreement", "version", "contract", "with", "state", "from", "until", "services")
    print_table("Agreements", columns, (_row(one) for one in versions))


async def _show(key: str, query: JSON) -> None:
    async with own_client() as client:
        version = await client.get("sla", f"/v1/agreements/{key}", **query)
    print_version(version)


async def _match(query: JSON) -> None:
    async with own_client() as client:
        found = await client.get("sla", "/v1/agreements/matching", **query)
    rows = [
        (one["key"], one["version"], one["outcome"], one["reason"]) for one in found["candidates"]
    ]
    print_table("Candidates", ("agreement", "version", "outcome", "because"), rows)
    columns = ("metric", "within", "by")
    terms = [
        (one["metric"], describe_within(one["target_seconds"]), one["reason"])
        for one in found["terms"]
    ]
    print_table("What it promises", columns, terms)


async def _draft(body: JSON) -> None:
    async with own_client() as client:
        version = await client.post("sla", "/v1/agreements", body)
    print_line(
        f"{version_name(version)} is a draft; go on: opsdesk agreements propose {version['key']}"
    )


async def _redraft(key: str, body: JSON) -> None:
    async with own_client() as client:
        version = await client.put("sla", f"/v1/agreements/{key}", body)
    print_line(f"{version_name(version)} is changed.")


async def _take_step(key: str, step: str, body: JSON | None = None) -> None:
    async with own_client() as client:
        version = await client.post("sla", f"/v1/agreements/{key}/{step}", body or {})
    print_line(f"{version_name(version)} is {version['state']}.")


async def _end(key: str, reason: str) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/agreements/{key}/termination", {"reason": reason})
    print_line(f"The end of {key} waits: another person says `agreements confirm-end {key}`.")


async def _confirm_end(key: str) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/agreements/{key}/termination/confirm", {})
    print_line(f"{key} is ended; its open clocks are being cancelled.")


async def _withdraw_end(key: str) -> None:
    async with own_client() as client:
        await client.delete("sla", f"/v1/agreements/{key}/termination")
    print_line(f"{key} goes on.")


async def _move(key: str, reason: str) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/agreements/{key}/move-open-clocks", {"reason": reason})
    print_line(f"The open clocks of {key} are being moved to its newest version.")


def _row(version: JSON) -> tuple[object, ...]:
    times = format_instant(version["valid_from"]), format_instant(version["valid_until"])
    services = ", ".join(version["services"]) or "all"
    own = version["key"], version["version"], version["contract"], other_side(version)
    return *own, version["state"], *times, services
