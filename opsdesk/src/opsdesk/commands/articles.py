"""The commands `opsdesk articles list | show | write | publish | review | retire | rate | suggest | from-ticket`."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client
from opsdesk.text_files import read_text

app = Typer(help="The knowledge base.", no_args_is_help=True)
DEFAULT_LIMIT = 20

Article = Annotated[str, Argument(help="Its key, such as KB-7.")]
Body = Annotated[Path, Option("--file", help="The file with the text, in Markdown.")]
Audience = Annotated[str, Option(help="internal, or customer.")]
Title = Annotated[str, Argument(help="The title.")]


@app.command("list")
def list_(
    words: Annotated[str | None, Argument(help="Words that it is about.")] = None,
    language: Annotated[str | None, Option(help="Two letters: nl, en, de.")] = None,
    state: Annotated[str | None, Option(help="draft, published, retired")] = None,
    owner: Annotated[str | None, Option(help="Who keeps it right.")] = None,
) -> None:
    """List articles: those that fit the words best, else the newest."""
    query = {"q": words, "language": language, "state": state, "owner": owner}
    run_command(_list("/v1/articles", {name: one for name, one in query.items() if one}))


@app.command("suggest")
def suggest(ticket: Ticket) -> None:
    """List the articles that may help with a ticket."""
    run_command(_list(f"/v1/tickets/{ticket}/suggested-articles", {}))


@app.command("show")
def show_(
    article: Article, version: Annotated[int | None, Option(help="Another version.")] = None
) -> None:
    """Show an article."""
    run_command(_show(article, {} if version is None else {"version": version}))


@app.command("write")
def write(
    title: Title,
    file: Body,
    language: Annotated[str | None, Option(help="Of a new article: nl, en, de.")] = None,
    audience: Audience = "internal",
    article: Annotated[str | None, Option(help="Its key: write its next version.")] = None,
) -> None:
    """Write a new article, or the next version of one. Somebody else has to publish it."""
    run_command(_write(title, file, audience, language, article))


@app.command("from-ticket")
def from_ticket(ticket: Ticket) -> None:
    """Draft an article from what resolved a ticket, without names, addresses and numbers."""
    run_command(_from_ticket(ticket))


@app.command("publish")
def publish(article: Article, version: Annotated[int, Argument(help="Which version.")] = 1) -> None:
    """Publish a version that somebody else wrote."""
    run_command(_act(article, "publish", {"version": version}, "is published"))


@app.command("review")
def review(article: Article) -> None:
    """Say that an article is still right."""
    run_command(_act(article, "review", {}, "is reviewed"))


@app.command("retire")
def retire(article: Article, reason: Annotated[str, Option(help="Why.")]) -> None:
    """Retire an article."""
    run_command(_act(article, "retire", {"reason": reason}, "is retired"))


@app.command("rate")
def rate(
    article: Article,
    helpful: Annotated[bool, Option("--helpful/--not-helpful", help="Whether it helped.")] = True,
    comment: Annotated[str | None, Option(help="What to make better.")] = None,
) -> None:
    """Say whether an article helped."""
    body = {"helpful": helpful} | ({"comment": comment} if comment else {})
    run_command(_rate(article, body))


async def _list(path: str, query: JSON) -> None:
    async with own_client() as client:
        limit = {} if path.endswith("suggested-articles") else {"limit": DEFAULT_LIMIT}
        page = await client.get("intake", path, **limit, **query)
    columns = ("article", "language", "for", "state", "owner", "title")
    print_table("Articles", columns, (_row(one) for one in page["items"]))


async def _show(ref: str, query: JSON) -> None:
    async with own_client() as client:
        one = await client.get("intake", f"/v1/articles/{ref}", **query)
    names = ("language", "audience", "state", "owner", "version", "written_by", "published_by")
    facts: list[tuple[str, object]] = [(name.replace("_", " "), one.get(name)) for name in names]
    if one.get("review_due_at"):
        facts.append(("review due", format_instant(one["review_due_at"])))
    print_facts(f"{one['key']}: {one['title']}", facts)
    print_line(one["body"])


async def _write(
    title: str, file: Path, audience: str, language: str | None, article: str | None
) -> None:
    if (language is None) == (article is None):
        raise CliError("Give either --language for a new article, or --article for a version.")
    body = {"title": title, "body": read_text(file), "audience": audience}
    async with own_client() as client:
        if article is None:
            made = await client.post("intake", "/v1/articles", body | {"language": language})
            key, version = made["key"], 1
        else:
            made = await client.post("intake", f"/v1/articles/{article}/versions", body)
            key, version = article, made["version"]
    print_line(f"{key} has version {version}; somebody else must publish it:")
    print_line(f"opsdesk articles publish {key} {version}")


async def _from_ticket(ticket: str) -> None:
    async with own_client() as client:
        made = await client.post("intake", f"/v1/tickets/{ticket}/article", {})
    print_line(f"{made['key']} is a draft: {made['title']}")
    print_line("Read it, since only what can be recognised was taken out; then somebody else may")
    print_line(f"publish it: opsdesk articles publish {made['key']}")


async def _act(ref: str, action: str, body: JSON, done: str) -> None:
    async with own_client() as client:
        one = await client.post("intake", f"/v1/articles/{ref}/{action}", body)
    print_line(f"{one['key']} {done}: {one['title']}")


async def _rate(ref: str, body: JSON) -> None:
    async with own_client() as client:
        await client.post("intake", f"/v1/articles/{ref}/feedback", body)
    print_line(f"Thank you: {ref} has your feedback.")


def _row(one: JSON) -> tuple[object, ...]:
    names = ("key", "language", "audience", "state", "owner", "title")
    return tuple(one.get(name) for name in names)
