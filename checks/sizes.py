"""How long files and functions are: medians and ninth deciles."""

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

from checks.tree import count_lines


def file_lines(paths: Iterable[Path]) -> list[int]:
    """The lines of every file that has any, in ascending order."""
    return sorted(filter(None, map(count_lines, paths)))


def function_lines(paths: Iterable[Path]) -> list[int]:
    """The lines of every function, from `def` to its end with its docstring, in ascending order."""
    return sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def quantile(ordered: Sequence[int], share: float) -> int:
    """The value below which `share` of the ordered values lie."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
