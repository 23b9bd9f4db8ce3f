"""The commands `opsdesk blunt-words list | add | remove`: words at which the check of messages points."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import ApiClient
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.errors import CliError
from opsdesk.session import own_client

app = Typer(help="Words that hurt a customer, and what to write instead.", no_args_is_help=True)
Language = Annotated[str, Argument(help="Two letters: nl, en, de.")]
Phrase = Annotated[str, Argument(help="A phrase of whole words.")]


@app.command("list")
def list_(language: Language) -> None:
    """List the blunt words of a language."""
    run_command(_list(language))


@app.command("add")
def add(
    language: Language,
    phrase: Phrase,
    instead: Annotated[str, Option(help="What to do instead.")],
) -> None:
    """Add a phrase, or say another thing to do instead of one."""
    run_command(_add(language, phrase, instead))


@app.command("remove")
def remove(language: Language, phrase: Phrase) -> None:
    """Remove a phrase."""
    run_command(_remove(language, phrase))


async def _list(language: str) -> None:
    async with own_client() as client:
        words = await _read(client, language)
    print_table(f"Blunt words ({language})", ("phrase", "instead"), words.items())


async def _add(language: str, phrase: str, instead: str) -> None:
    async with own_client() as client:
        words = await _read(client, language)
        words = {one: text for one, text in words.items() if one.casefold() != phrase.casefold()}
        await _replace(client, language, words | {phrase: instead})
    print_line(f"The check points at {phrase!r} from now on: {instead}")


async def _remove(language: str, phrase: str) -> None:
    async with own_client() as client:
        words = await _read(client, language)
        rest = {one: text for one, text in words.items() if one.casefold() != phrase.casefold()}
        if len(rest) == len(words):
            raise CliError(f"{phrase!r} is not in the list: opsdesk blunt-words list {language}")
        await _replace(client, language, rest)
    print_line(f"The check points at {phrase!r} no more.")


async def _read(client: ApiClient, language: str) -> dict[str, str]:
    answer = await client.get("intake", f"/v1/blunt-words/{language}")
    return {one["phrase"]: one["instead"] for one in answer["items"]}


async def _replace(client: ApiClient, language: str, words: dict[str, str]) -> None:
    items = [{"phrase": phrase, "instead": instead} for phrase, instead in words.items()]
    json_output.emit(await client.put("intake", f"/v1/blunt-words/{language}", {"items": items}))
