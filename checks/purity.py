"""Rules are pure: a `domain` imports the standard library and other domains of its service alone.

A few libraries that only compute are named below, each with the reason why rules may use it.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from checks.tree import Module, Package, services
from checks.violations import Violation, run

PURE_PACKAGE = "common.domain"
"""The part of `common` that rules may use: the standard library alone, as `import-linter` sees to."""
PURE_MODULES = frozenset({"common.wording"})
"""Modules of `common` without I/O and without a framework, that rules may use; with what is in them."""

PURE_LIBRARIES: Mapping[str, str] = {
    "dateutil": "the recurrence rules of RFC 5545",
    "holidays": "the public holidays of the world, as data",
    "icalendar": "reads and writes iCalendar text",
    "msgspec": "clocks and tickets are structs, which are cheap to make and to copy",
    "recurring_ical_events": "the occurrences of an iCalendar event",
}
"""Libraries that rules may use, each with what for: they compute and do no I/O."""


IO_MODULES = frozenset(
    [
        "asyncio",
        "http",
        "importlib",
        "io",
        "multiprocessing",
        "os",
        "shutil",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "urllib",
    ]
)
"""Modules of the standard library that reach outside the program, or run something beside it."""

IO_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("sla.calendars.domain.zone", "importlib"): "reads the time zones from the installed tzdata",
    ("sla.calendars.domain.vtimezone", "threading"): "a lock around a cache",
    ("intake.mail.domain.header", "urllib"): "urllib.parse takes texts apart, it opens nothing",
    ("intake.linked_tickets.domain.jira", "urllib"): "urllib.parse quotes, it opens nothing",
    ("intake.linked_tickets.domain.servicenow", "urllib"): "urllib.parse quotes, it opens nothing",
    ("intake.linked_tickets.domain.zendesk", "urllib"): "urllib.parse quotes, it opens nothing",
}
"""Module and what it imports all the same, with the reason."""


def violations(root: Path) -> Iterator[Violation]:
    """Every import of a domain that reaches beyond the standard library and the domains."""
    for service in services(root):
        for module in filter(_is_domain, service.modules.values()):
            for line, name in sorted(set(service.imports(module))):
                if not _is_pure(service, module.name, name):
                    yield Violation(
                        module.path.relative_to(root),
                        line,
                        f"imports {name}: a domain imports the standard library and domains only.",
                    )
            yield from _opened(module, root)


def _opened(module: Module, root: Path) -> Iterator[Violation]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="open" | "__import__" as name)):
                sentence = f"calls {name}: a domain does no I/O."
                yield Violation(module.path.relative_to(root), node.lineno, sentence)
            case _:
                pass


def _is_domain(module: Module) -> bool:
    return any(part == "domain" or part.startswith("domain_") for part in module.parts)


def _is_pure(service: Package, module_name: str, name: str) -> bool:
    if (module := service.modules.get(name)) is not None:
        return _is_domain(module)
    if name == PURE_PACKAGE or name.startswith(f"{PURE_PACKAGE}."):
        return True
    top = name.split(".")[0]
    if top in IO_MODULES:
        return (module_name, top) in IO_EXCEPTIONS
    is_library = top in sys.stdlib_module_names or top in PURE_LIBRARIES
    return is_library or ".".join(name.split(".")[:2]) in PURE_MODULES


if __name__ == "__main__":
    run(violations)
