"""The commands `opsdesk mails list | show | raw | open | set-aside`: mails that were held back as a machine's."""

from pathlib import Path
from typing import Annotated, Final

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON, PAGE_SIZE, ApiClient
from opsdesk.commands.attachments import write_new
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Mails that were held back as a machine's.", no_args_is_help=True)
DEFAULT_LIMIT = 50
HELD_BACK = "ignored"
Mail = Annotated[str, Argument(help="Its id, as `mails list` shows it.")]


@app.command("list")
def list_(
    outcome: Annotated[
        str, Option(help="ignored (held back), unreadable, received, opened, joined")
    ] = HELD_BACK,
    limit: Annotated[int, Option(min=1, help="How many, at most.")] = DEFAULT_LIMIT,
) -> None:
    """List the newest mails that were held back, and how many were for which reason."""
    run_command(_list(outcome, limit))


@app.command("show")
def show_(mail: Mail) -> None:
    """Show a mail with what it says."""
    run_command(_show(mail))


@app.command("raw")
def raw_(
    mail: Annotated[str, Argument(help="Its id, as `mails list` or `show --json` gives it.")],
    file: Annotated[
        Path, Argument(help="The file to write, such as mail.eml; never written over.")
    ],
) -> None:
    """Write a mail to a file as it came. Nothing in it is verified: nothing opens it here."""
    run_command(_raw(mail, file))


@app.command("open")
def open_(mail: Mail) -> None:
    """Open a ticket for a mail that was held back and is a person's after all."""
    run_command(_open(mail))


@app.command("set-aside")
def set_aside_(mail: Mail) -> None:
    """Set a mail aside that was held back, and on which nobody has to act: it waits for nobody any more."""
    run_command(_set_aside(mail))


async def _list(outcome: str, limit: int) -> None:
    async with own_client() as client:
        counts = await _counts(client) if outcome == HELD_BACK else []
        mails, following = await _newest(client, outcome, limit)
    json_output.emit({"items": mails, "next": following, "held_back": counts})
    if counts:
        by_reason = (f"{one['count']} {one['reason']}" for one in counts)
        print_line(f"Held back in all: {', '.join(by_reason)}")
    columns = ("mail", "received", "from", "subject", "why")
    print_table("Mails", columns, map(_row, mails))
    if following:
        print_line(f"There are more than these {limit}, which are the newest: --limit shows more.")


async def _counts(client: ApiClient) -> list[JSON]:
    """How many mails were held back for which reason."""
    counted = await client.get("intake", "/v1/emails/held-back-counts")
    return list(counted["items"])


async def _newest(client: ApiClient, outcome: str, limit: int) -> tuple[list[JSON], str | None]:
    """The newest mails, page by page, and the cursor of what follows.

    No more than are shown: that somebody read a mail is noted.
    """
    mails: list[JSON] = []
    cursor: JSON = {}
    while True:
        asked = min(limit - len(mails), PAGE_SIZE)
        page = await client.get("intake", "/v1/emails", outcome=outcome, limit=asked, **cursor)
        mails += page["items"]
        if page["next"] is None or len(mails) >= limit:
            return mails, page["next"]
        cursor = {"cursor": page["next"]}


async def _show(mail: str) -> None:
    async with own_client() as client:
        shown = await client.get("intake", f"/v1/emails/{mail}")
    print_facts(shown["subject"] or "(no subject)", _facts(shown))
    print_line((shown["text"] or _where_it_is(shown)).strip())
    if shown["outcome"] == "ignored" and shown["raw_deleted_why"] is None:
        print_line(f"\nAs it came: opsdesk mails raw {shown['id']} mail.eml")
        print_line(f"A person's after all? opsdesk mails open {shown['id']}")
        print_line(f"Nobody has to act on it? opsdesk mails set-aside {shown['id']}")


def _where_it_is(shown: JSON) -> str:
    """Where the words of a mail are that has none of its own."""
    if (why := shown["raw_deleted_why"]) is not None:
        return _GONE[why]
    return "What it says is on its ticket."


_GONE: Final = {
    "too_old": "It was deleted, as it is too old.",
    "erased": "It was erased with the contact whom it concerned.",
}


async def _raw(mail: str, file: Path) -> None:
    async with own_client() as client:
        answer = await client.get_response("intake", f"/v1/emails/{mail}/raw")
    write_new(file, answer.content, "choose another file")
    json_output.emit({"file": str(file), "bytes": len(answer.content)})
    print_line(f"{len(answer.content)} bytes are in {file}.")


async def _open(mail: str) -> None:
    async with own_client() as client:
        result = await client.post("intake", f"/v1/emails/{mail}/open-ticket")
    print_line(f"{result['ticket']['key']} is open for it.")


async def _set_aside(mail: str) -> None:
    async with own_client() as client:
        aside = await client.post("intake", f"/v1/emails/{mail}/set-aside")
    print_line(f"{aside['set_aside_by']} has set it aside; it stays stored.")


def _facts(mail: JSON) -> list[tuple[str, object]]:
    return [
        ("from", _sender(mail)),
        ("received", format_instant(mail["received_at"])),
        ("outcome", mail["outcome"]),
        ("why", mail["reason"]),
        ("set aside by", mail.get("set_aside_by")),
    ]


def _row(mail: JSON) -> tuple[object, ...]:
    received = format_instant(mail["received_at"])
    return mail["id"], received, _sender(mail), mail["subject"], mail["reason"]


def _sender(mail: JSON) -> str:
    name, address = mail["sender_name"], mail["sender"]
    return f"{name} <{address}>" if name else address or "-"
