"""What the person at the terminal sees."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.table import Table

from opsdesk_local.addresses import FILE, Addresses

_console = Console(highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    _console.print(sentence, markup=False)


def complain(sentence: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False)


@contextmanager
def step(doing: str, done: str, *, silent_below: float = 0) -> Iterator[None]:
    """Shows what goes on, then what was reached and how long it took.

    A step of fewer than `silent_below` seconds was nothing worth a line.
    """
    started = time.monotonic()
    if not (_console.is_terminal or silent_below):
        say(f"{doing} …")
    with _console.status(f"{doing} …"):
        yield
    took = time.monotonic() - started
    if took >= silent_below:
        say(f"{done} ({took:.1f} s)")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{login.partition(':')[0]}@{place}"))


def ready_table(addresses: Addresses, logs: Path) -> None:
    table = Table(title="OpsDesk is ready", title_justify="left", show_header=False)
    for name, url in addresses.services.items():
        table.add_row(name, url)
    table.add_row("Kafka", addresses.kafka)
    table.add_row("mail is sent to", addresses.smtp)
    table.add_row("and kept in", str(addresses.mail))
    table.add_row("tokens", str(addresses.tokens))
    table.add_row("figures for BI tools", _without_password(addresses.reporting_database_url))
    table.add_row("with its password", f"{Path(addresses.folder) / FILE}: reporting_database_url")
    table.add_row("logs", str(logs))
    _console.print(table)
    say("Ctrl-C stops everything; the data is kept.")
