"""The commands `opsdesk forms list | show | publish | retire`: what a service asks for."""

import json
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Request forms.", no_args_is_help=True)
Key = Annotated[str, Argument(help="The form's key.")]


@app.command("list")
def list_(service: Annotated[str | None, Option(help="The service's key.")] = None) -> None:
    """List the request forms that are offered."""
    run_command(_list({"service": service} if service else {}))


@app.command("show")
def show(form: Key, version: Annotated[int | None, Option(help="Another version.")] = None) -> None:
    """Show a request form with its JSON Schema."""
    run_command(_show(form, {"version": version} if version else {}))


@app.command("publish")
def publish(
    form: Key, file: Annotated[Path, Argument(help="JSON: title, service, kind, schema.")]
) -> None:
    """Publish a request form, or its next version, from a JSON file."""
    run_command(_publish(form, file))


@app.command("retire")
def retire(form: Key) -> None:
    """Offer a request form no more; tickets keep what was filled in."""
    run_command(_retire(form))


def _read(file: Path) -> dict[str, Any]:
    try:
        body = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{file} is no JSON that can be read: {error}.") from None
    if not isinstance(body, dict):
        raise CliError(f"{file} must hold one object with title, service, kind and schema.")
    return {name: value for name, value in body.items() if name != "key"}


async def _list(query: JSON) -> None:
    async with own_client() as client:
        forms = [one async for one in client.items("intake", "/v1/request-forms", **query)]
    columns = ("form", "version", "service", "kind", "title")
    names = ("key", "version", "service", "kind", "title")
    print_table("Request forms", columns, (tuple(one[name] for name in names) for one in forms))


async def _show(form: str, query: JSON) -> None:
    async with own_client() as client:
        shown = await client.get("intake", f"/v1/request-forms/{form}", **query)
    schema = shown.pop("schema")
    print_facts(shown["title"], shown.items())
    print_line(json.dumps(schema, indent=2, ensure_ascii=False))


async def _publish(form: str, file: Path) -> None:
    body = _read(file)
    async with own_client() as client:
        known = {one["key"] async for one in client.items("intake", "/v1/request-forms")}
        path = f"/v1/request-forms/{form}/versions" if form in known else "/v1/request-forms"
        sent = body if form in known else body | {"key": form}
        published = await client.post("intake", path, sent)
    print_line(f"{form} is offered in version {published['version']}.")


async def _retire(form: str) -> None:
    async with own_client() as client:
        await client.post("intake", f"/v1/request-forms/{form}/retire")
    print_line(f"{form} is offered no more.")
