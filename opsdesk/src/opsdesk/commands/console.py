"""Output of all commands, and the running of a command with its errors."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer import Exit

from common.domain.visible_text import make_visible
from opsdesk import json_output
from opsdesk.api_client import Problem
from opsdesk.errors import CliError
from opsdesk.invocation import AnywhereGroup, current

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


def is_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty()


class SentenceGroup(AnywhereGroup):
    """The command itself: what is wrong with the given options is one sentence, too."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CliError as error:
            _print_error(error)
            raise Exit(1) from None


def run_command(work: Coroutine[Any, Any, T]) -> T:
    """Run a command. An error is printed as one sentence (`--json`: as JSON), with exit code 1."""
    json_output.begin()
    try:
        result = asyncio.run(work)
    except (CliError, Problem) as error:
        _print_error(error)
        raise Exit(1) from None
    except KeyboardInterrupt:
        raise Exit(130) from None
    if current().as_json:
        json_output.write_result()
    return result


def print_line(line: str = "") -> None:
    """Print a line. What customers write must not act on the terminal: it is made visible."""
    if current().as_json:
        json_output.add_line(line)
    else:
        console.print(make_visible(line), markup=False)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    if current().as_json:
        return
    table = Table(*columns, title=_plain_title(title), title_justify="left")
    for row in rows:
        table.add_row(*("-" if cell is None else make_visible(str(cell)) for cell in row))
    console.print(table, markup=False)


def print_facts(title: str, facts: Iterable[tuple[str, object]]) -> None:
    """Print a table of names and values; empty values are left out."""
    if current().as_json:
        return
    table = Table(title=_plain_title(title), title_justify="left", show_header=False)
    for name, value in facts:
        if value not in (None, "", []):
            table.add_row(name, make_visible(str(value)))
    console.print(table, markup=False)


def _plain_title(title: str) -> Text:
    """Return a title whose brackets rich does not interpret as markup."""
    return Text(make_visible(title), style="table.title")


def _print_error(error: CliError | Problem) -> None:
    if not current().as_json:
        _error_console.print(make_visible(_error_message(error)), markup=False)
        return
    problem = error.body if isinstance(error, Problem) else {}
    report = {"error": _error_message(error)} | ({"problem": problem} if problem else {})
    sys.stderr.write(json.dumps(report, indent=2) + "\n")


def _error_message(error: CliError | Problem) -> str:
    if isinstance(error, Problem) and error.status == 401:
        return f"{error} Log in again: opsdesk login anna"
    return str(error)
