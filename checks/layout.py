"""A module is found by its name: base names are used once in a service, and files stay short."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from checks.tree import Module, count_lines, python_files, services
from checks.violations import Violation, run

MAX_LINES = 250

ROLES = frozenset(
    {
        "__init__",
        "chart",
        "commands",
        "dependencies",
        "domain",
        "events",
        "handlers",
        "pages",
        "reactions",
        "routes",
        "schemas",
        "store",
        "tables",
        "timers",
        "view",
        "waiting",
    }
)
"""What every noun calls its parts: these names may stand in any noun, and beside the nouns."""

SPLIT_ROLES = frozenset({"jobs", "queries", "requests", "responses"})
"""Parts of a role where a noun is large: loops and reads beside `commands`, halves of `schemas`."""

ABOUT_OTHERS = ("reports", "routes")
"""Here a module is called like the subject of its report, which is another noun's."""

NOT_NOUNS = frozenset({"migrations"})


def violations(root: Path) -> Iterator[Violation]:
    """Files that are too long, and base names that two nouns of a service share."""
    yield from _too_long(root)
    for service in services(root):
        modules = sorted(service.modules.values(), key=_base_name)
        for name, same in groupby(modules, key=_base_name):
            if name not in ROLES | SPLIT_ROLES:
                yield from _find_shared(root, list(same))


def _too_long(root: Path) -> Iterator[Violation]:
    for path in python_files(root):
        if (lines := count_lines(path)) > MAX_LINES:
            sentence = f"has {lines} lines: at most {MAX_LINES}, cut it where a reader would."
            yield Violation(path.relative_to(root), MAX_LINES + 1, sentence)


def _find_shared(root: Path, modules: Iterable[Module]) -> Iterator[Violation]:
    ours = [module for module in modules if module.parts and module.parts[0] not in NOT_NOUNS]
    for number, one in enumerate(ours, start=1):
        if others := [other for other in ours[number:] if not _may_share(one, other)]:
            names = ", ".join(str(other.path.relative_to(root)) for other in others)
            yield Violation(one.path.relative_to(root), 1, f"shares its base name with {names}.")


def _may_share(one: Module, other: Module) -> bool:
    """Two parts of one noun may: `outages/domain/availability.py`, `outages/routes/availability.py`."""
    if ABOUT_OTHERS in {one.parts[:2], other.parts[:2]}:
        return True
    return one.parts[0] == other.parts[0] and one.parts[1:2] != other.parts[1:2]


def _base_name(module: Module) -> str:
    return module.path.stem


if __name__ == "__main__":
    run(violations)
