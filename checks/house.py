"""`make house`: how easily the code is moved into, as figures beside the ones that we keep to.

It prints and judges nothing; `make check` holds the rules. Where the list of the walk is missing
from `docs/architecture.md`, its figure is 0.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from checks.rooms import Rooms, rooms_of
from checks.sizes import file_lines, function_lines, quantile
from checks.tree import packages, python_files
from checks.waivers import files_outside
from checks.walk import listed_files

Row = tuple[str, str, str]

HEAD: Row = ("", "now", "to keep to")


def rows(root: Path) -> Iterator[Row]:
    """The table: what is counted, the figure, and the bound where there is one."""
    for package in packages(root):
        yield from _of_package(package.name, rooms_of(package))
    yield (
        "files that a ticket passes from HTTP to its stored clock",
        f"{len(listed_files(root))}",
        "24",
    )
    yield "files about waivers outside sla/waivers", f"{len(files_outside(root))}", "0"
    yield from _of_sizes(python_files(root))


def _of_package(name: str, rooms: Rooms) -> Iterator[Row]:
    bounds = {"sla": ("28", "140", "15 %")}.get(name, ("", "", ""))
    yield f"{name}: folders and modules on its two upper levels", f"{len(rooms.lines)}", bounds[0]
    yield f"{name}: import arrows between them", f"{len(rooms.arrows)}", bounds[1]
    share = f"{rooms.biggest_share:.0%}".replace("%", " %")
    yield f"{name}: biggest share of lines", f"{share} ({rooms.biggest})", bounds[2]
    yield f"{name}: pairs of folders that import each other", f"{len(rooms.circles)}", "0"


def circles(root: Path) -> Iterator[str]:
    """A line for each pair of folders that import each other."""
    for package in packages(root):
        for one, other in rooms_of(package).circles:
            yield f"{package.name}: {one} and {other} import each other"


def _of_sizes(paths: Sequence[Path]) -> Iterator[Row]:
    files, functions = file_lines(paths), function_lines(paths)
    if files and functions:
        of_files = f"{quantile(files, 0.5)} / {quantile(files, 0.9)} / {files[-1]}"
        yield "file lines: median / p90 / max", of_files, "89 / 179 / 248"
        of_functions = f"{quantile(functions, 0.5)} / {quantile(functions, 0.9)}"
        yield "function lines: median / p90", of_functions, "6 / 17"


def main(root: Path) -> None:
    """Print the table in columns, and the circles by name."""
    table = [HEAD, *rows(root)]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    for row in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    for line in circles(root):
        print(line)


if __name__ == "__main__":
    main(Path.cwd())
