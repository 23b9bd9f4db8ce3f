"""The commands `opsdesk contacts list | add | change | confirm | end | export | erase | confirm-erasure`."""

from typing import Annotated, Any

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON, ApiClient
from opsdesk.commands import contact_export
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Customers' contacts.", no_args_is_help=True)
app.command("export")(contact_export.export)
Customer = Annotated[str, Argument(help="The customer's key.")]
Contact = Annotated[str, Argument(help="The contact's id, or one of their e-mail addresses.")]
Also = Annotated[
    list[str] | None, Option("--also", help="Another e-mail address; may be repeated.")
]
AlsoPhone = Annotated[
    list[str] | None, Option("--also-phone", help="Another phone number; may be repeated.")
]


@app.command("list")
def list_(customer: Customer) -> None:
    """List a customer's contacts with all their addresses and numbers."""
    run_command(_list(customer))


@app.command("add")
def add(
    customer: Customer,
    name: Annotated[str, Option(help="The name.")],
    address: Annotated[str, Option(help="The e-mail address to which answers go.")],
    phone: Annotated[str | None, Option(help="A phone number in any notation.")] = None,
    language: Annotated[str, Option(help="Two letters, such as nl.")] = "en",
    also: Also = None,
    also_phone: AlsoPhone = None,
) -> None:
    """Register a contact. Somebody else must confirm them before they count as another person."""
    body = {"name": name, "address": address, "phone": phone, "language": language}
    run_command(_add(customer, body | _others(also, also_phone)))


@app.command("change")
def change(
    customer: Customer,
    contact: Contact,
    name: Annotated[str | None, Option(help="Another name.")] = None,
    address: Annotated[str | None, Option(help="Another address for our answers.")] = None,
    phone: Annotated[str | None, Option(help="Another phone number.")] = None,
    language: Annotated[str | None, Option(help="Another language.")] = None,
    also: Also = None,
    also_phone: AlsoPhone = None,
    notices: Annotated[
        bool | None, Option("--notices/--no-notices", help="Whether they get notices by mail.")
    ] = None,
) -> None:
    """Change a contact; what is left out stays. `--also` replaces all other addresses."""
    given = {
        "name": name,
        "address": address,
        "phone": phone,
        "language": language,
        "wants_notices": notices,
    }
    body = {field: value for field, value in given.items() if value is not None}
    run_command(_change(customer, contact, body | _others(also, also_phone)))


@app.command("confirm")
def confirm(customer: Customer, contact: Contact) -> None:
    """Confirm that a contact is somebody else than who registered them, or set their address."""
    run_command(_confirm(customer, contact))


@app.command("end")
def end(customer: Customer, contact: Contact, reason: Annotated[str, Option(help="Why.")]) -> None:
    """End a contact: their mails go to triage, and nobody speaks for them any more."""
    run_command(_end(customer, contact, reason))


@app.command("erase")
def erase(
    customer: Customer, contact: Contact, reason: Annotated[str, Option(help="Why.")]
) -> None:
    """Ask that name, addresses and words of a contact are erased; somebody else confirms it."""
    run_command(_erase(customer, contact, reason))


@app.command("confirm-erasure")
def confirm_erasure(customer: Customer, contact: Contact) -> None:
    """Confirm an erasure that somebody else asked for. Nothing brings the words back."""
    run_command(_confirm_erasure(customer, contact))


def _others(also: list[str] | None, also_phone: list[str] | None) -> dict[str, Any]:
    others = {"other_addresses": also, "other_phones": also_phone}
    return {field: value for field, value in others.items() if value}


async def _list(customer: str) -> None:
    path = f"/v1/customers/{customer}/contacts"
    async with own_client() as client:
        contacts = [one async for one in client.items("intake", path)]
    columns = ("contact", "name", "addresses", "phones", "language", "counts for")
    print_table(f"Contacts of {customer}", columns, map(_row, contacts))


def _row(contact: JSON) -> tuple[object, ...]:
    addresses = filter(None, (contact["address"], *contact["other_addresses"]))
    phones = filter(None, (contact["phone"], *contact["other_phones"]))
    name = f"{contact['name']} (ended)" if contact["retired"] else contact["name"]
    return (
        contact["id"],
        name,
        ", ".join(addresses),
        ", ".join(phones),
        contact["language"],
        contact["counts_for"],
    )


async def _add(customer: str, body: dict[str, Any]) -> None:
    async with own_client() as client:
        contact = await client.post("intake", f"/v1/customers/{customer}/contacts", body)
    print_line(f"{contact['name']} is registered: {contact['id']}.")
    _say_who_counts(contact)


async def _change(customer: str, contact: str, body: dict[str, Any]) -> None:
    if not body:
        raise CliError(
            "Say what to change: --name, --address, --also, --phone, --language, --no-notices."
        )
    async with own_client() as client:
        path = f"/v1/customers/{customer}/contacts/{await _id_of(client, customer, contact)}"
        changed = await client.patch("intake", path, body)
    print_line(f"{changed['name']} is changed.")
    _say_who_counts(changed)


async def _confirm(customer: str, contact: str) -> None:
    async with own_client() as client:
        path = f"/v1/customers/{customer}/contacts/{await _id_of(client, customer, contact)}"
        confirmed = await client.post("intake", f"{path}/confirm")
    print_line(f"{confirmed['name']} counts as a person of their own.")


async def _end(customer: str, contact: str, reason: str) -> None:
    async with own_client() as client:
        path = f"/v1/customers/{customer}/contacts/{await _id_of(client, customer, contact)}"
        ended = await client.post("intake", f"{path}/end", {"reason": reason})
    print_line(f"{ended['name']} is ended.")


async def _erase(customer: str, contact: str, reason: str) -> None:
    async with own_client() as client:
        id = await _id_of(client, customer, contact)
        await client.post("intake", f"/v1/contacts/{id}/erasure", {"reason": reason})
    print_line(f"Somebody else must confirm it: opsdesk contacts confirm-erasure {customer} {id}")


async def _confirm_erasure(customer: str, contact: str) -> None:
    async with own_client() as client:
        id = await _id_of(client, customer, contact)
        await client.post("intake", f"/v1/contacts/{id}/erasure/confirm")
    print_line("It is erased here, and in the other services as soon as they hear of it.")


async def _id_of(client: ApiClient, customer: str, contact: str) -> str:
    """The id of the contact with this id or address. Raises CliError."""
    if "@" not in contact:
        return contact
    path = f"/v1/customers/{customer}/contacts"
    async for one in client.items("intake", path):
        if contact.lower() in (one["address"], *one["other_addresses"]):
            return str(one["id"])
    raise CliError(f"{customer} has no contact with the address {contact}.")


def _say_who_counts(contact: JSON) -> None:
    if contact["counts_for"]:
        print_line(
            f"Until somebody else confirms, they count as {contact['counts_for']} where two people"
            " are needed: opsdesk contacts confirm"
        )
