"""Output on the terminal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.table import Table

from opsdesk_local.addresses import FILE_NAME, Addresses

_console = Console(highlight=False, soft_wrap=True)


def print_line(sentence: str) -> None:
    _console.print(sentence, markup=False)


def print_error(sentence: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False)


@contextmanager
def progress(activity: str, done: str, *, min_seconds: float = 0) -> Iterator[None]:
    """Show an activity while it goes on, then its result and duration.

    An activity shorter than `min_seconds` is not shown.
    """
    started = time.monotonic()
    if not (_console.is_terminal or min_seconds):
        print_line(f"{activity} …")
    with _console.status(f"{activity} …"):
        yield
    seconds = time.monotonic() - started
    if seconds >= min_seconds:
        print_line(f"{done} ({seconds:.1f} s)")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login.partition(':')[0]}@{host}"))


def addresses_table(addresses: Addresses, logs: Path) -> None:
    table = Table(title="OpsDesk is ready", title_justify="left", show_header=False)
    services = dict(addresses.services)
    if pages := services.pop("console", None):
        table.add_row("work in it here", pages)
    for name, url in services.items():
        table.add_row(name, url)
    table.add_row("Kafka", addresses.kafka)
    table.add_row("mail is sent to", addresses.smtp)
    table.add_row("and kept in", str(addresses.mail))
    table.add_row("tokens", str(addresses.tokens))
    table.add_row("figures for BI tools", _without_password(addresses.reporting_database_url))
    table.add_row(
        "with its password", f"{Path(addresses.folder) / FILE_NAME}: reporting_database_url"
    )
    table.add_row("logs", str(logs))
    _console.print(table)
    print_line("Ctrl-C stops everything; the data is kept.")
