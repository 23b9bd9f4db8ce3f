"""`python -m tests.benchmarks [--quick] [section …]`: measures, and prints one table of ratios.

A figure that falls short fails nothing; a measurement that cannot be made does.
"""

import argparse
import asyncio
import importlib
import sys
import time
import traceback
from contextlib import aclosing
from typing import Final

from rich.console import Console

from opsdesk_local.state import open_state
from tests.benchmarks import figures
from tests.benchmarks.environment import machine_description
from tests.benchmarks.result import Result, show
from tests.benchmarks.scale import FULL, QUICK, Scale

SECTIONS: Final = {
    "accept": "tickets accepted over HTTP, against pgbench, the ORM and no batches",
    "latency": "from accepted to the clocks in sla",
    "flow": "relay and consumer on full queues",
    "deadlines": "a million armed deadlines, against procrastinate",
    "calendars": "working time, against businesstimedelta and pandas",
    "clock1000": "the life of one clock with a thousand events",
    "replay": "every clock folded again from its stored inputs",
    "sealing": "what sealing facts costs the consumer of sla",
    "queue": "a page of a million open clocks, and what one of them takes on disk",
    "search": "a page of intake's queue, and full-text search, among a million tickets",
    "compute": "a thousand calendar questions over HTTP, server side",
    "reports": "every report on a million tickets",
    "mails": "a thousand mails of customers a minute",
    "uploads": "the memory that a large attachment takes",
    "storm": "ten thousand alerts of a monitor at once",
    "console": "pages of the console among a hundred thousand tickets",
    "idle": "memory of idle services",
    "sizing": "processor and memory at 10, 100 and 1,000 tickets a minute, and what a ticket takes on disk",
    "ten_million": "the same questions among 100,000 tickets and among as many millions as fit (40 minutes, 40 GB)",
    "brokers": "tickets to clocks on three brokers, with one replica of sla and with three",
}
BY_NAME_ONLY: Final = frozenset({"ten_million"})
"""Those that nobody starts without meaning it: they fill the disk for most of an hour."""
DEFAULT_TIMEOUT_S: Final = 360.0
"""Seconds that a section may take."""
TIMEOUTS_S: Final = {
    "reports": 1800.0,
    "queue": 900.0,
    "search": 2400.0,
    "deadlines": 900.0,
    "console": 900.0,
    "brokers": 900.0,
    "ten_million": 5400.0,
}
"""Those that first store a million tickets, clocks or deadlines."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    listed = ", ".join(f"{name} ({what})" for name, what in SECTIONS.items())
    parser.add_argument("sections", nargs="*", metavar="section", help=listed)
    parser.add_argument("--quick", action="store_true", help="little work: shows that it works")
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    usual = [name for name in SECTIONS if options.quick or name not in BY_NAME_ONLY]
    return measure(options.sections or usual, QUICK if options.quick else FULL)


def measure(names: list[str], scale: Scale) -> int:
    """One section after the other; how many could not be measured."""
    console = Console(stderr=True)
    results: list[Result] = []
    failed: list[str] = []
    for number, name in enumerate(names, 1):
        began = time.monotonic()
        with console.status(f"{number} of {len(names)}: {SECTIONS[name]} …"):
            try:
                asyncio.run(_section(name, scale, results))
            except Exception:  # noqa: BLE001 - it is told, and the other sections go on
                failed.append(name)
                console.print(traceback.format_exc(), markup=False, style="red")
        console.print(f"{name}: {time.monotonic() - began:.0f} s")
    show(results, machine_description())
    _show_moved(results, "quick" if scale is QUICK else "full")
    if failed:
        console.print(f"Not measured: {', '.join(failed)}", style="red")
    return len(failed)


def _show_moved(results: list[Result], scale: str) -> None:
    """Print which figures moved against the last run, and store these."""
    folder = open_state().folder
    now = figures.figures_of(results)
    console = Console()
    for sentence in figures.moved(figures.read(folder, scale), now):
        console.print(f"moved: {sentence}", markup=False, highlight=False, soft_wrap=True)
    figures.write(folder, scale, now)
    console.print(f"Stored in {folder / figures.FILE_NAME}.", markup=False, highlight=False)


async def _section(name: str, scale: Scale, results: list[Result]) -> None:
    # Imported here, so that a section whose rival is not installed leaves the others alone.
    section = importlib.import_module(f"tests.benchmarks.{name}")
    async with (
        asyncio.timeout(TIMEOUTS_S.get(name, DEFAULT_TIMEOUT_S)),
        aclosing(section.run(scale)) as found,
    ):
        async for result in found:
            results.append(result)


if __name__ == "__main__":
    sys.exit(main())
