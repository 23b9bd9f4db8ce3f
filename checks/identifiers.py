"""Words that the code no longer uses as names: each stood for many things in many modules.

The rule holds for what the code names (definitions, parameters, variables, attributes that are set,
keywords of calls, import aliases, files), as a whole or as a part: `told`, `one_told`, `WaiverTold`.
Names of tests are sentences and may use any word.
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from checks.tree import python_files
from checks.violations import Violation, run

BANNED = frozenset({"told", "heard", "said", "kept", "standing", "place", "wish", "grave"})

EXCEPTIONS: tuple[tuple[str, str, str], ...] = ()
"""Name, pattern of paths, and the reason why the name stays there."""

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def banned_parts(name: str) -> list[str]:
    """The banned words in an identifier, in the order in which they stand."""
    return [part for part in map(str.lower, PART.findall(name)) if part in BANNED]


def violations(root: Path) -> Iterator[Violation]:
    """Every name with a banned word in any Python file of the repository."""
    for file in python_files(root):
        path = file.relative_to(root)
        names = [(1, file.stem), *_names(ast.parse(file.read_text(encoding="utf-8")))]
        for line, name in sorted(set(names)):
            if (words := banned_parts(name)) and not _is_excepted(name, path):
                yield Violation(
                    path, line, f"`{name}` uses `{words[0]}`: name it in the field's words."
                )


def _is_excepted(name: str, path: Path) -> bool:
    return name.startswith("test_") or any(
        name == allowed and fnmatch(path.as_posix(), pattern) for allowed, pattern, _ in EXCEPTIONS
    )


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case _:
                pass


if __name__ == "__main__":
    run(violations)
