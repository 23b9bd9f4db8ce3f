"""Files about waivers that lie outside the folder of waivers: there should be none.

A file is about waivers if it is named for them, or if at least half of what it defines deals with
them in name or signature. A file that only takes a waiver into account (a review's line) is not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from checks.tree import Module, services
from checks.violations import Violation, run

SERVICE = "sla"
NOUN = "waivers"
WORD = "waiv"

TABLES = frozenset({"app", "handlers", "reactions", "timers"})
"""Modules beside the nouns that name the handlers of all of them."""

NOT_NOUNS = frozenset({"migrations"})


def files_outside(root: Path) -> list[Path]:
    """The files about waivers that lie in another folder of the service."""
    return [
        module.path
        for service in services(root)
        if service.name == SERVICE
        for module in service.modules.values()
        if _lies_elsewhere(module) and _is_about_waivers(module)
    ]


def violations(root: Path) -> Iterator[Violation]:
    """One for each of those files."""
    for path in files_outside(root):
        sentence = f"is about waivers and lies outside {SERVICE}/{NOUN}/."
        yield Violation(path.relative_to(root), 1, sentence)


def _lies_elsewhere(module: Module) -> bool:
    return module.parts != () and module.parts[0] not in {NOUN} | TABLES | NOT_NOUNS


def _is_about_waivers(module: Module) -> bool:
    definitions = [node for node in module.tree.body if isinstance(node, _DEFINITION)]
    about = sum(WORD in _signature(node).lower() for node in definitions)
    return WORD in module.path.stem.lower() or (about > 0 and 2 * about >= len(definitions))


_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _signature(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name, args=args, returns=returns):
            pass
        case ast.AsyncFunctionDef(name=name, args=args, returns=returns):
            pass
        case ast.ClassDef(name=name):
            return name
        case _:
            return ""
    return " ".join([name, ast.unparse(args), ast.unparse(returns) if returns else ""])


if __name__ == "__main__":
    run(violations)
