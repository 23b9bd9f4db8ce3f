"""Output of all commands, and the running of a command with its errors."""

import asyncio
import sys
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import Exit

from common.domain.visible_text import make_visible
from opsdesk.api_client import Problem
from opsdesk.errors import CliError

T = TypeVar("T")

WIDTH_COLUMNS = 160
"""The line width without a terminal, so that tables in a file are not squeezed."""

console = Console(
    highlight=False,
    soft_wrap=True,
    width=None if sys.stdout.isatty() else WIDTH_COLUMNS,
    emoji=False,
)
_error_console = Console(stderr=True, highlight=False, soft_wrap=True)


def run_command(work: Coroutine[Any, Any, T]) -> T:
    """Run a command. An error is printed as one sentence, with exit code 1."""
    try:
        return asyncio.run(work)
    except (CliError, Problem) as error:
        _error_console.print(make_visible(_error_message(error)), markup=False)
        raise Exit(1) from None
    except KeyboardInterrupt:
        raise Exit(130) from None


def print_line(line: str = "") -> None:
    """Print a line. What customers write must not act on the terminal: it is made visible."""
    console.print(make_visible(line), markup=False)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    table = Table(*columns, title=_plain_title(title), title_justify="left")
    for row in rows:
        table.add_row(*("-" if cell is None else make_visible(str(cell)) for cell in row))
    console.print(table, markup=False)


def print_facts(title: str, facts: Iterable[tuple[str, object]]) -> None:
    """Print a table of names and values; empty values are left out."""
    table = Table(title=_plain_title(title), title_justify="left", show_header=False)
    for name, value in facts:
        if value not in (None, "", []):
            table.add_row(name, make_visible(str(value)))
    console.print(table, markup=False)


def _plain_title(title: str) -> Text:
    """Return a title whose brackets rich does not interpret as markup."""
    return Text(make_visible(title), style="table.title")


def _error_message(error: CliError | Problem) -> str:
    if isinstance(error, Problem) and error.status == 401:
        return f"{error} Log in again: opsdesk login anna"
    return str(error)
