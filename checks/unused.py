"""What nobody names is removed: a definition of a package whose name stands nowhere else in the repository.

Text is searched, not meaning: the same word anywhere else, in a test or a template too, counts as a use.
`python -m checks.unused` prints the violations.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from checks.tree import Module, packages, python_files, template_files
from checks.violations import Violation, run

EXCEPTIONS: Mapping[str, str] = {
    "handle_RCPT": "aiosmtpd calls it for each recipient",
    "pytest_configure": "pytest calls it",
}
"""Names that something outside of the repository calls, each with who does."""

_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def violations(root: Path) -> Iterator[Violation]:
    """Every function, method, class and constant that is named once, where it is defined."""
    uses = _count_words(root)
    for package in packages(root):
        for module in package.modules.values():
            for line, name in _definitions(module):
                if uses[name] == 1 and not _is_called_from_outside(name):
                    yield Violation(module.path.relative_to(root), line, f"nobody names `{name}`.")


def _is_called_from_outside(name: str) -> bool:
    return name in EXCEPTIONS or (name.startswith("__") and name.endswith("__"))


def _count_words(root: Path) -> Counter[str]:
    words: Counter[str] = Counter()
    exceptions = root / "checks" / "unused.py"  # naming them here is no use of them
    for path in (*python_files(root), *template_files(root)):
        if path != exceptions:
            words.update(_WORD.findall(path.read_text(encoding="utf-8")))
    return words


def _definitions(module: Module) -> Iterator[tuple[int, str]]:
    """Those that are found by their names alone: neither registered by a decorator, nor inherited."""
    for node in module.tree.body:
        yield from _named_by(node)
        if isinstance(node, ast.ClassDef) and not node.bases:
            for part in node.body:
                yield from _named_by(part)


def _named_by(node: ast.stmt) -> Iterator[tuple[int, str]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if not _is_registered(node):
            yield node.lineno, node.name
        case ast.ClassDef(bases=[]):
            yield node.lineno, node.name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            yield node.lineno, name


def _is_registered(node: _FUNCTION) -> bool:
    """Whether a decorator such as `@routes.get("")` hands it on."""
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)
        for one in node.decorator_list
    )


if __name__ == "__main__":
    run(violations)
