"""The commands `opsdesk improvements list | plan | finish | verify`: better monitoring that is owed."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Improvements of the monitoring that are owed.", no_args_is_help=True)
ADDRESS = "/v1/monitoring-improvements"

Key = Annotated[str, Argument(help="Its key, such as MON-7.")]


@app.command("list")
def list_(everything: Annotated[bool, Option("--all", help="Verified ones, too.")] = False) -> None:
    """List improvements that are owed, the newest first."""
    run_command(_list({} if everything else {"open": True}))


@app.command()
def plan(
    improvement: Key,
    owner: Annotated[str, Option(help="Who does it.")],
    task: Annotated[str, Option(help="What is done.")],
    criterion: Annotated[str, Option(help="By what another person sees that it is done.")],
) -> None:
    """Plan an improvement: who does what, and by what it is verified."""
    body = {"owner": owner, "task": task, "criterion": criterion}
    run_command(_step(improvement, "plan", body))


@app.command()
def finish(improvement: Key, evidence: Annotated[str, Argument(help="What shows it.")]) -> None:
    """Finish an improvement; another person has to verify it."""
    run_command(_step(improvement, "finish", {"evidence": evidence}))


@app.command()
def verify(
    improvement: Key,
    agree: Annotated[bool, Option("--agree/--send-back", help="Whether it is done.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Verify an improvement that somebody else has done, or send it back."""
    body = {"agree": agree} | ({"reason": reason} if reason else {})
    run_command(_step(improvement, "verify", body))


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", ADDRESS, **query)
    names = ("key", "ticket", "cause", "state", "owner", "due", "task")
    rows = (
        [format_instant(one["due_at"]) if name == "due" else one[name] for name in names]
        for one in page["items"]
    )
    print_table("Better monitoring that is owed", names, rows)


async def _step(improvement: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        after = await client.post("intake", f"{ADDRESS}/{improvement}/{step}", body)
    print_line(f"{after['key']} for {after['ticket']} is {after['state']}.")
