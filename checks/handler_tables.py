"""What a service handles and when it acts stands in two tables, `handlers.py` and `timers.py`.

Its `app.py` hands both on as they are: a handler added there by the way would stand in no table.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from checks.tree import Module, Package, services
from checks.violations import Violation, run

TABLES = ("handlers", "timers")


def violations(root: Path) -> Iterator[Violation]:
    """Every table that an `app.py` leaves out, makes itself or changes."""
    for service in services(root):
        if app := service.modules.get(f"{service.name}.app"):
            for line, sentence in _faults(service, app):
                yield Violation(app.path.relative_to(root), line, sentence)


def _faults(service: Package, app: Module) -> Iterator[tuple[int, str]]:
    arguments = [one for call in _calls_of_service(app) for one in call.keywords]
    if not arguments:
        yield 1, "calls `Service(...)` with no named arguments: here a service is put together."
    for argument in arguments:
        if argument.arg is None:
            yield (
                argument.lineno,
                "names the arguments of `Service(...)` elsewhere: write them out.",
            )
    for table in TABLES:
        given = [one.value for one in arguments if one.arg == table]
        home = f"{service.name}.{table}"
        if not given and home in service.modules:
            yield 1, f"does not give the table of {home} to `Service(...)`."
        for value in given:
            if not _is_untouched_import(value, home, app):
                yield value.lineno, f"`{table}=` is not just the name imported from {home}."


def _calls_of_service(app: Module) -> Iterator[ast.Call]:
    for node in ast.walk(app.tree):
        match node:
            case ast.Call(func=ast.Name(id="Service") | ast.Attribute(attr="Service")):
                yield node
            case _:
                pass


def _is_untouched_import(value: ast.expr, home: str, app: Module) -> bool:
    """A name from `home` that the module uses nowhere else: so nothing is added to the table."""
    if not isinstance(value, ast.Name):
        return False
    uses = [one for one in ast.walk(app.tree) if isinstance(one, ast.Name) and one.id == value.id]
    return len(uses) == 1 and value.id in _imported_names(app, home)


def _imported_names(app: Module, home: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in app.tree.body
        if isinstance(node, ast.ImportFrom) and node.module == home and not node.level
        for alias in node.names
    }


if __name__ == "__main__":
    run(violations)
