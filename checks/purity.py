"""Rules are pure: a `domain` imports the standard library and other domains of its service alone.

A few libraries that only compute are named below, each with the reason why rules may use it.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from checks.tree import Module, Package, services
from checks.violations import Violation, run

PURE_PACKAGE = "common.domain"
"""The part of `common` that rules may use: the standard library alone, as `import-linter` sees to."""
PURE_MODULES = frozenset({"common.wording"})
"""Modules of `common` without I/O and without a framework, that rules may use."""

PURE_LIBRARIES: Mapping[str, str] = {
    "dateutil": "the recurrence rules of RFC 5545",
    "holidays": "the public holidays of the world, as data",
    "icalendar": "reads and writes iCalendar text",
    "msgspec": "clocks are structs, for the speed of a replay",
    "recurring_ical_events": "the occurrences of an iCalendar event",
}
"""Libraries that rules may use, each with what for: they compute and do no I/O."""


def violations(root: Path) -> Iterator[Violation]:
    """Every import of a domain that reaches beyond the standard library and the domains."""
    for service in services(root):
        for module in filter(_is_domain, service.modules.values()):
            for line, name in sorted(set(service.imports(module))):
                if not _is_pure(service, name):
                    yield Violation(
                        module.path.relative_to(root),
                        line,
                        f"imports {name}: a domain imports the standard library and domains only.",
                    )


def _is_domain(module: Module) -> bool:
    return "domain" in module.parts


def _is_pure(service: Package, name: str) -> bool:
    if (module := service.modules.get(name)) is not None:
        return _is_domain(module)
    if name == PURE_PACKAGE or name.startswith(f"{PURE_PACKAGE}."):
        return True
    top = name.split(".")[0]
    return top in sys.stdlib_module_names or top in PURE_LIBRARIES or name in PURE_MODULES


if __name__ == "__main__":
    run(violations)
