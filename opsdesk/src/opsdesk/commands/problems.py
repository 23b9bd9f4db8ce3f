"""The commands `opsdesk problems list | show | open | cause | workaround | known-error | fix | backlog-item | verify | suggest`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Problems and known errors.", no_args_is_help=True)
DEFAULT_LIMIT = 50
PAIR = 2

Problem = Annotated[str, Argument(help="The key of its ticket, such as OPS-7.")]


@app.command("list")
def list_(
    state: Annotated[
        str | None, Option(help="investigating, known_error, fix_requested, fixed")
    ] = None,
) -> None:
    """List the newest problems."""
    run_command(_list({} if state is None else {"state": state}))


@app.command("show")
def show(problem: Problem) -> None:
    """Show a problem with its incidents, cause, workaround and fix."""
    run_command(_show(problem))


@app.command("open")
def open_(
    title: Annotated[str, Argument(help="The title.")],
    incident: Annotated[list[str], Option(help="A ticket that it causes; may be repeated.")],
    symptoms: Annotated[str, Option(help="How one recognises it.")],
) -> None:
    """Open a problem behind incidents."""
    run_command(_open({"title": title, "symptoms": symptoms, "incidents": incident}))


@app.command("cause")
def cause(
    problem: Problem,
    root_cause: Annotated[str, Option(help="The root cause, in a sentence.")],
    why: Annotated[list[str], Option(help="'Why …? = Because …'; may be repeated.")],
) -> None:
    """Record the root cause of a problem, with the whys that lead to it."""
    run_command(_record_cause(problem, root_cause, why))


@app.command("workaround")
def workaround(problem: Problem, text: Annotated[str, Argument(help="How to go on.")]) -> None:
    """Record how to go on until a problem is fixed."""
    run_command(_put(problem, "workaround", {"workaround": text}))


@app.command("known-error")
def known_error(problem: Problem) -> None:
    """Declare a problem a known error."""
    run_command(_post(problem, "known-error", {}))


@app.command("fix")
def fix(
    problem: Problem,
    change_request: Annotated[str, Argument(help="The ticket of kind change_request.")],
) -> None:
    """Ask for the fix of a known error by a change request."""
    run_command(_post(problem, "fix", {"change_request": change_request}))


@app.command("backlog-item")
def backlog_item(
    problem: Problem,
    reference: Annotated[str, Argument(help="The number that the fix has in your backlog.")],
) -> None:
    """Record, as the product owner, under which number the fix is in the backlog."""
    run_command(_put(problem, "backlog-item", {"reference": reference}))


@app.command("verify")
def verify(
    problem: Problem,
    tier: Annotated[str, Argument(help="staging or production")],
    checked: Annotated[str, Option(help="What you checked.")],
) -> None:
    """Verify the fix, as another person than who asked for it or made it."""
    run_command(_post(problem, "verifications", {"tier": tier, "checked": checked}))


@app.command("give-up")
def give_up(
    problem: Problem, reason: Annotated[str, Option(help="Why it will not be fixed.")]
) -> None:
    """Say that a problem will not be fixed; another person confirms that."""
    run_command(_post(problem, "give-up", {"reason": reason}))


@app.command("confirm-give-up")
def confirm_give_up(problem: Problem) -> None:
    """Confirm, as another person, that a problem will not be fixed."""
    run_command(_post(problem, "give-up/confirm", {}))


@app.command("suggest")
def suggest(ticket: Ticket) -> None:
    """Show known errors that a ticket looks like, with their workarounds."""
    run_command(_suggest(ticket))


def _pair(text: str) -> JSON:
    parts = [part.strip() for part in text.split("=", 1)]
    if len(parts) != PAIR or not all(parts):
        raise CliError(f"Write --why as 'Why …? = Because …': {text!r} has no answer.")
    return {"question": parts[0], "answer": parts[1]}


async def _list(query: JSON) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/problems", limit=DEFAULT_LIMIT, **query)
    columns = ("problem", "state", "customer", "service", "title")
    names = ("key", "state", "customer", "service", "title")
    print_table("Problems", columns, (tuple(one[name] for name in names) for one in page["items"]))


async def _show(problem: str) -> None:
    async with own_client() as client:
        shown = await client.get("intake", f"/v1/problems/{problem}")
    _print(shown)


async def _open(body: JSON) -> None:
    async with own_client() as client:
        shown = await client.post("intake", "/v1/problems", body)
    print_line(f"{shown['key']} is open, behind {', '.join(shown['incidents'])}.")


async def _record_cause(problem: str, root_cause: str, why: list[str]) -> None:
    whys = [_pair(one) for one in why]
    await _put(problem, "cause", {"root_cause": root_cause, "whys": whys})


async def _put(problem: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        _print(await client.put("intake", f"/v1/problems/{problem}/{step}", body))


async def _post(problem: str, step: str, body: JSON) -> None:
    async with own_client() as client:
        _print(await client.post("intake", f"/v1/problems/{problem}/{step}", body))


async def _suggest(ticket: str) -> None:
    async with own_client() as client:
        found = await client.get("intake", f"/v1/tickets/{ticket}/suggestions")
    for one in found["known_errors"]:
        print_line(f"{one['key']} ({one['state'].replace('_', ' ')}): {one['title']}")
        print_line(f"  {one['workaround']}")
    if not found["known_errors"]:
        print_line(f"Nothing known looks like {ticket}.")


def _print(problem: JSON) -> None:
    verified = [
        f"{tier} by {problem[f'{tier}_verified_by']}"
        for tier in ("staging", "production")
        if problem[f"{tier}_verified_by"]
    ]
    whys = [
        f"{one['question']} {one['answer']}" for one in problem["cause_steps"] if "answer" in one
    ]
    facts = [
        ("state", problem["state"].replace("_", " ")),
        ("symptoms", problem["symptoms"]),
        ("incidents", ", ".join(problem["incidents"])),
        ("whys", "\n".join(whys)),
        ("root cause", problem["root_cause"]),
        ("workaround", problem["workaround"]),
        ("change request", problem["change_request"]),
        ("backlog", problem["backlog_reference"]),
        ("verified", ", ".join(verified)),
        ("will not be fixed", problem["given_up_reason"]),
        ("says", problem["given_up_by"]),
        ("confirmed by", problem["given_up_confirmed_by"]),
    ]
    print_facts(f"{problem['key']}: {problem['title']}", facts)
