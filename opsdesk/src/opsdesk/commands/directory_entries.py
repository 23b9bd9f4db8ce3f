"""The commands `opsdesk customers | environments | partners | staff add` and `… change`, and `opsdesk staff roles`."""

from collections.abc import Callable
from typing import Annotated

from typer import Argument, Option

from opsdesk.api_client import JSON
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, run_command
from opsdesk.commands.directory import (
    CUSTOMERS,
    PARTNERS,
    PEOPLE,
    Customer,
    Environment,
    Partner,
    Person,
    Reason,
    customers,
    environments,
    partners,
    staff,
)
from opsdesk.errors import CliError
from opsdesk.session import own_client

Name = Annotated[str, Option(help="What people call it.")]
PersonName = Annotated[str, Option(help="Their name.")]
OtherName = Annotated[str | None, Option(help="Another name.")]
Timezone = Annotated[str, Option(help="Such as Europe/Amsterdam.")]
OtherTimezone = Annotated[str | None, Option(help="Another time zone.")]
Roles = Annotated[
    list[str],
    Option("--role", help="ops, tom, gm, dm, po, qc, second_level or partner; may be repeated."),
]


def add_customer(
    customer: Customer,
    name: Name,
    timezone: Timezone = "UTC",
    language: Annotated[str, Option(help="Two letters, such as nl.")] = "en",
    tier: Annotated[
        str | None, Option(help="A word of the house, such as gold: agreements promise by it.")
    ] = None,
) -> None:
    """Register a customer. Its key can never be changed."""
    body = given(key=customer, name=name, timezone=timezone, language=language, tier=tier)
    run_command(_add(CUSTOMERS, body, _named))


def change_customer(
    customer: Customer,
    name: OtherName = None,
    timezone: OtherTimezone = None,
    language: Annotated[str | None, Option(help="Another language.")] = None,
    tier: Annotated[
        str | None, Option(help="Another tier, for tickets opened from now on; '' takes it off.")
    ] = None,
) -> None:
    """Change a customer; what is left out stays."""
    body = given(name=name, timezone=timezone, language=language, tier=tier)
    options = "--name, --timezone, --language, --tier"
    run_command(_change(f"{CUSTOMERS}/{customer}", _without_empty(body, "tier"), options))


def add_environment(
    customer: Customer,
    environment: Environment,
    name: Name,
    tier: Annotated[str, Option(help="production, staging, test or development; it stays so.")],
) -> None:
    """Register an environment of a customer. Neither its key nor its tier can be changed."""
    body = {"key": environment, "tier": tier, "name": name}
    run_command(_add(f"{CUSTOMERS}/{customer}/environments", body, _named))


def change_environment(
    customer: Customer,
    environment: Environment,
    name: Annotated[str, Option(help="Another name.")],
) -> None:
    """Change the name of an environment."""
    path = f"{CUSTOMERS}/{customer}/environments/{environment}"
    run_command(_change(path, {"name": name}, "--name"))


def add_partner(
    partner: Partner,
    name: Name,
    timezone: Timezone = "UTC",
    email: Annotated[str | None, Option(help="Where tickets are forwarded to.")] = None,
) -> None:
    """Register a partner. Its key can never be changed."""
    body = given(key=partner, name=name, timezone=timezone, email=email)
    run_command(_add(PARTNERS, body, _named))


def change_partner(
    partner: Partner,
    name: OtherName = None,
    timezone: OtherTimezone = None,
    email: Annotated[str | None, Option(help="Another address; '' takes it off.")] = None,
) -> None:
    """Change a partner; what is left out stays."""
    body = given(name=name, timezone=timezone, email=email)
    options = "--name, --timezone, --email"
    run_command(_change(f"{PARTNERS}/{partner}", _without_empty(body, "email"), options))


def add_person(
    person: Annotated[str, Argument(help="The account: the subject of their tokens.")],
    name: PersonName,
    email: Annotated[str, Option(help="Where pages reach them.")],
    role: Roles,
    phone: Annotated[str | None, Option(help="A phone number in any notation.")] = None,
    timezone: Timezone = "UTC",
) -> None:
    """Register one of our people. The roles gm and tom wait until somebody else confirms them."""
    body = given(sub=person, name=name, email=email, phone=phone, timezone=timezone, roles=role)
    run_command(_add(PEOPLE, body, _person))


def change_person(person: Person, name: OtherName = None, timezone: OtherTimezone = None) -> None:
    """Change the name or time zone of one of our people; what is left out stays."""
    body = given(name=name, timezone=timezone)
    run_command(_change(f"{PEOPLE}/{person}", body, "--name, --timezone"))


def change_roles(person: Person, role: Roles, reason: Reason) -> None:
    """Set all the roles of a person. Giving or taking gm and tom waits until somebody else confirms it."""
    body = {"roles": role, "reason": reason}
    run_command(_add(f"{PEOPLE}/{person}/roles", body, _person))


def add_commands() -> None:
    """Add these commands to `opsdesk customers`, `environments`, `partners` and `staff`."""
    customers.command("add")(add_customer)
    customers.command("change")(change_customer)
    environments.command("add")(add_environment)
    environments.command("change")(change_environment)
    partners.command("add")(add_partner)
    partners.command("change")(change_partner)
    staff.command("add")(add_person)
    staff.command("change")(change_person)
    staff.command("roles")(change_roles)


def _without_empty(body: JSON, name: str) -> JSON:
    """Return the body with null for what was given as nothing: it is taken off."""
    return body | {name: None} if body.get(name) == "" else body


def _named(added: JSON) -> str:
    return f"{added['name']} is registered: {added['key']}."


def _person(person: JSON) -> str:
    roles = ", ".join(person["roles"]) or "no role"
    if (pending := person["pending"]) is None:
        return f"{person['sub']} has {roles}."
    return (
        f"{person['sub']} has {roles}. Somebody else must confirm {', '.join(pending['roles'])}:"
        f" opsdesk staff confirm {person['sub']}"
    )


async def _add(path: str, body: JSON, sentence: Callable[[JSON], str]) -> None:
    async with own_client() as client:
        added = await client.post("intake", path, body)
    print_line(sentence(added))


async def _change(path: str, body: JSON, options: str) -> None:
    if not body:
        raise CliError(f"Say what to change: {options}.")
    async with own_client() as client:
        changed = await client.patch("intake", path, body)
    print_line(f"{changed['name']} is changed.")
