"""Rules are pure: a `domain` imports the standard library and other domains of its service alone."""

import sys
from collections.abc import Iterator
from pathlib import Path

from checks.tree import Module, Package, services
from checks.violations import Violation, run

PURE_MODULES = frozenset({"common.durations"})
"""Modules of `common` without I/O and without a framework, that rules may use."""


def violations(root: Path) -> Iterator[Violation]:
    """Every import of a domain that reaches beyond the standard library and the domains."""
    for service in services(root):
        for module in filter(_is_domain, service.modules.values()):
            for line, name in service.imports(module):
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
    return name.split(".")[0] in sys.stdlib_module_names or name in PURE_MODULES


if __name__ == "__main__":
    run(violations)
