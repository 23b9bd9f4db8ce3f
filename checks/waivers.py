"""Files about waivers that lie outside the folder of waivers: there should be none.

A file is about waivers if it or anything that it defines is named for them, or if at least half of
what it defines takes them. A file that only takes a waiver into account (a review's line) is not.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from checks.tree import Module, services
from checks.violations import Violation, run

SERVICE = "sla"
NOUN = "waivers"
WORD = "waiv"

TABLES = frozenset({"app", "handlers", "reactions", "timers"})
"""Modules beside the nouns that name the handlers of all of them."""

NOT_NOUNS = frozenset({"migrations"})


EXCEPTIONS: Mapping[str, frozenset[str]] = {
    # What a clock knows of waivers: it counts without them and with them.
    "clocks/domain/clock.py": frozenset({"ClockWaiver", "waiver", "waiver_covering"}),
    "clocks/domain/fold.py": frozenset({"_with_waiver"}),
    # Sections and figures of documents that are about many nouns.
    "bi_views/conditions.py": frozenset({"WAIVERS"}),
    "rendering/charts/data.py": frozenset({"waived"}),
    "reviews/documents/breaches_section.py": frozenset({"waivers_section", "_waiver_row"}),
    "reviews/domain/report.py": frozenset({"WaiverLine"}),
    "reviews/generation.py": frozenset({"_waiver_lines"}),
    # The path parameters of all nouns.
    "path_parameters.py": frozenset({"WaiverRef"}),
}
"""What another noun may call so, by its file in the service: its own part, not waivers' rules."""


def files_outside(root: Path) -> list[Path]:
    """The files about waivers that lie in another folder of the service."""
    return list(dict.fromkeys(path for path, _, _ in _found(root)))


def violations(root: Path) -> Iterator[Violation]:
    """One for each definition named for waivers in those files, or else for the file."""
    for path, line, what in _found(root):
        yield Violation(path.relative_to(root), line, f"{what} and lies outside {SERVICE}/{NOUN}/.")


def _found(root: Path) -> Iterator[tuple[Path, int, str]]:
    for service in services(root):
        for module in service.modules.values():
            if service.name == SERVICE and _lies_elsewhere(module):
                named = list(_named_for_waivers(module))
                yield from (
                    (module.path, line, f"`{name}` is named for waivers") for line, name in named
                )
                if not named and _is_about_waivers(module):
                    yield module.path, 1, "is about waivers"


def _lies_elsewhere(module: Module) -> bool:
    return module.parts != () and module.parts[0] not in {NOUN} | TABLES | NOT_NOUNS


def _named_for_waivers(module: Module) -> Iterator[tuple[int, str]]:
    allowed = EXCEPTIONS.get("/".join(module.parts) + ".py", frozenset())
    for line, name in _defined_names(module.tree):
        if WORD in name.lower() and name not in allowed:
            yield line, name


def _defined_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Functions and classes at any depth, and the constants and types of the module."""
    for node in ast.walk(tree):
        if isinstance(node, _DEFINITION):
            yield node.lineno, node.name
    for statement in tree.body:
        for node in ast.walk(statement):
            if isinstance(statement, _ASSIGNMENT) and _is_assigned(node):
                yield node.lineno, node.id


def _is_assigned(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _is_about_waivers(module: Module) -> bool:
    definitions = [node for node in module.tree.body if isinstance(node, _DEFINITION)]
    about = sum(WORD in _signature(node).lower() for node in definitions)
    return WORD in module.path.stem.lower() or (about > 0 and 2 * about >= len(definitions))


_ASSIGNMENT = ast.Assign | ast.AnnAssign
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
