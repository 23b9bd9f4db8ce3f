"""The commands `opsdesk customers | environments | partners | staff`: list, show, import, and end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.imports import import_directory
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

customers = Typer(help="Customers.", no_args_is_help=True)
environments = Typer(help="Environments of customers.", no_args_is_help=True)
partners = Typer(help="Partners to whom tickets are forwarded.", no_args_is_help=True)
staff = Typer(help="Our own people.", no_args_is_help=True)

CUSTOMERS, ENVIRONMENTS = "/v1/customers", "/v1/environments"
PARTNERS, PEOPLE = "/v1/partners", "/v1/people"

Customer = Annotated[str, Argument(help="The customer's key.")]
Environment = Annotated[str, Argument(help="The environment's key, such as acme-prod.")]
Partner = Annotated[str, Argument(help="The partner's key.")]
Person = Annotated[str, Argument(help="The person's account.")]
Reason = Annotated[str, Option(help="Why.")]
File = Annotated[Path, Argument(help="A CSV file.")]
DryRun = Annotated[bool, Option("--dry-run", help="Only say what would be done.")]


@customers.command("list")
def list_customers() -> None:
    """List customers, the oldest first."""
    run_command(_list("Customers", CUSTOMERS, ("key", "name", "timezone", "language", "tier")))


@customers.command("show")
def show_customer(customer: Customer) -> None:
    """Show a customer."""
    run_command(_show(f"{CUSTOMERS}/{customer}"))


@customers.command("import")
def import_customers(file: File, dry_run: DryRun = False) -> None:
    """Import customers from a CSV file. The same file again changes nothing."""
    run_command(import_directory("customers", file, dry_run=dry_run))


@customers.command("end")
def end_customer(customer: Customer, reason: Reason) -> None:
    """Ask for the end of a customer who leaves; somebody else confirms it."""
    run_command(_ask_end("customers", customer, reason))


@customers.command("keep")
def keep_customer(customer: Customer) -> None:
    """Withdraw the request for the end of a customer."""
    run_command(_keep(CUSTOMERS, customer))


@customers.command("confirm-end")
def confirm_customer_end(customer: Customer) -> None:
    """Confirm the end that somebody else asked for: contacts and environments end with the customer."""
    run_command(_act(f"{CUSTOMERS}/{customer}/end/confirm", f"{customer} is ended."))


@environments.command("list")
def list_environments(customer: Customer) -> None:
    """List a customer's environments, the oldest first."""
    path = f"{CUSTOMERS}/{customer}/environments"
    run_command(_list(f"Environments of {customer}", path, ("key", "name", "tier")))


@environments.command("show")
def show_environment(customer: Customer, environment: Environment) -> None:
    """Show an environment of a customer."""
    run_command(_show(f"{CUSTOMERS}/{customer}/environments/{environment}"))


@environments.command("import")
def import_environments(file: File, dry_run: DryRun = False) -> None:
    """Import environments from a CSV file. The same file again changes nothing."""
    run_command(import_directory("environments", file, dry_run=dry_run))


@environments.command("end")
def end_environment(environment: Environment, reason: Reason) -> None:
    """Ask for the end of an environment; somebody else confirms it."""
    run_command(_ask_end("environments", environment, reason))


@environments.command("keep")
def keep_environment(environment: Environment) -> None:
    """Withdraw the request for the end of an environment."""
    run_command(_keep(ENVIRONMENTS, environment))


@environments.command("confirm-end")
def confirm_environment_end(environment: Environment) -> None:
    """Confirm the end of an environment that somebody else asked for."""
    run_command(_act(f"{ENVIRONMENTS}/{environment}/end/confirm", f"{environment} is ended."))


@partners.command("list")
def list_partners() -> None:
    """List partners, the oldest first."""
    run_command(_list("Partners", PARTNERS, ("key", "name", "timezone", "email")))


@partners.command("show")
def show_partner(partner: Partner) -> None:
    """Show a partner."""
    run_command(_show(f"{PARTNERS}/{partner}"))


@partners.command("import")
def import_partners(file: File, dry_run: DryRun = False) -> None:
    """Import partners from a CSV file. The same file again changes nothing."""
    run_command(import_directory("partners", file, dry_run=dry_run))


@partners.command("end")
def end_partner(partner: Partner, reason: Reason) -> None:
    """End a partner: no ticket is forwarded to them any more."""
    path = f"{PARTNERS}/{partner}/end"
    run_command(_act(path, f"{partner} is ended.", {"reason": reason}))


@staff.command("list")
def list_staff() -> None:
    """List our own people, the oldest first."""
    run_command(_list("Staff", PEOPLE, ("sub", "name", "email", "phone", "roles")))


@staff.command("show")
def show_person(person: Person) -> None:
    """Show one of our people, with what waits for a second person."""
    run_command(_show(f"{PEOPLE}/{person}"))


@staff.command("import")
def import_staff(file: File, dry_run: DryRun = False) -> None:
    """Import our own people from a CSV file. Somebody else confirms the roles gm and tom."""
    run_command(import_directory("staff", file, dry_run=dry_run))


@staff.command("end")
def end_person(person: Person, reason: Reason) -> None:
    """Ask for the end of a person who leaves; somebody else confirms it."""
    done = f"Somebody else must confirm it: opsdesk staff confirm {person}"
    run_command(_act(f"{PEOPLE}/{person}/end", done, {"reason": reason}))


@staff.command("confirm")
def confirm_person(person: Person) -> None:
    """Confirm the roles or the end of a person that somebody else asked for."""
    run_command(_act(f"{PEOPLE}/{person}/confirm", f"It is so: {person}."))


async def _list(title: str, path: str, names: Sequence[str]) -> None:
    async with own_client() as client:
        found = [one async for one in client.items("intake", path)]
    rows = ([*(_text(one[name]) for name in names), _state(one)] for one in found)
    print_table(title, (*names, "state"), rows)


async def _show(path: str) -> None:
    async with own_client() as client:
        found = await client.get("intake", path)
    hidden = {"id", "sequence", "retired", "pending", "end_asked_by", "end_asked_at"}
    facts = [(name, _text(value)) for name, value in found.items() if name not in hidden]
    print_facts(str(found["name"]), [*facts, ("state", _state(found))])


async def _ask_end(kind: str, key: str, reason: str) -> None:
    done = f"Somebody else must confirm it: opsdesk {kind} confirm-end {key}"
    await _act(f"/v1/{kind}/{key}/end", done, {"reason": reason})


async def _keep(path: str, key: str) -> None:
    async with own_client() as client:
        await client.delete("intake", f"{path}/{key}/end")
    print_line(f"{key} stays.")


async def _act(path: str, done: str, body: JSON | None = None) -> None:
    async with own_client() as client:
        await client.post("intake", path, body or {})
    print_line(done)


def _text(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _state(found: JSON) -> str:
    if found["retired"]:
        return "ended"
    if found.get("end_asked_by"):
        return (
            f"{found['end_asked_by']} asked for the end at {format_instant(found['end_asked_at'])}"
        )
    if pending := found.get("pending"):
        what = "the end" if pending["ends"] else f"the roles {', '.join(pending['roles'])}"
        return f"{pending['requested_by']} asked for {what}"
    return ""
