"""The commands `opsdesk responsibilities`, `customers delivery-manager` and `services product-owner`: who answers for what."""

from typing import Annotated, Final

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

services = Typer(help="What we sell, and who answers for it.", no_args_is_help=True)
ROLES: Final = {"dm": "delivery manager", "po": "product owner"}

Person = Annotated[str, Argument(help="The account of who answers, such as dana.")]
Deputies = Annotated[
    list[str] | None,
    Option("--deputy", help="Who stands in, by account; may be repeated. Without it: nobody."),
]


def responsibilities() -> None:
    """List the delivery managers of customers and the product owners of products, with their deputies."""
    run_command(_list())


def delivery_manager(
    customer: Annotated[str, Argument(help="The customer's key.")],
    person: Person,
    deputy: Deputies = None,
) -> None:
    """Appoint the delivery manager of a customer, in place of whoever is and of all deputies."""
    run_command(_appoint(f"/v1/customers/{customer}/delivery-manager", person, deputy))


@services.command("product-owner")
def product_owner(
    service: Annotated[str, Argument(help="The key of the service that the product provides.")],
    person: Person,
    deputy: Deputies = None,
) -> None:
    """Appoint the product owner of a product, in place of whoever is and of all deputies."""
    run_command(_appoint(f"/v1/services/{service}/product-owner", person, deputy))


async def _list() -> None:
    async with own_client() as client:
        found = [one async for one in client.items("intake", "/v1/responsibilities")]
    columns = ("role", "of", "person", "deputies", "since", "appointed by")
    print_table("Who answers for what", columns, map(_row, found))


def _row(one: JSON) -> tuple[object, ...]:
    since = format_instant(one["changed_at"])
    deputies = ", ".join(one["deputies"])
    return ROLES[one["role"]], one["subject"], one["person"], deputies, since, one["changed_by"]


async def _appoint(path: str, person: str, deputies: list[str] | None) -> None:
    async with own_client() as client:
        body = {"person": person, "deputies": deputies or []}
        appointed = await client.put("intake", path, body)
    stand_in = ", ".join(appointed["deputies"])
    print_line(
        f"{appointed['person']} is the {ROLES[appointed['role']]} of {appointed['subject']};"
        f" {f'{stand_in} stands in' if stand_in else 'nobody stands in'}."
    )
