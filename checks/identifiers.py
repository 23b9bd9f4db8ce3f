"""Words that the code no longer uses as names: each stood for many things in many modules.

The rule holds for what the code names (definitions, parameters, variables, attributes, keywords,
imports, columns and labels, keys of dictionaries, files and folders), as a whole or as a part:
`told`, `one_told`, `WaiverTold`. Names of tests are sentences and may use any word.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from checks.scripts import script_names
from checks.tree import python_files, script_files
from checks.violations import Violation, run

_BANNED: Final = """
told tolds heard said kept standing place placed places wish wished wishes grave graves
"""

BANNED = frozenset(_BANNED.split())

EXCEPTIONS: tuple[tuple[str, str, str], ...] = (
    ("decimal_places", "services/*/schemas/*", "Pydantic's word for the digits after the point"),
    ("decimal_max_places", "services/console/*/fault_words.py", "a code of Pydantic's"),
)
"""Name, pattern of paths, and the reason why the name stays there."""

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
QUOTED = re.compile(r"[a-z_]\w*")
"""A string that is a name; one in capitals, like the heading of a column, is a text."""

COLUMNS = frozenset({"Column", "column", "group_by", "label", "literal_column", "mapped_column"})
"""Calls whose string arguments name columns."""


def banned_parts(name: str) -> list[str]:
    """The banned words in an identifier, in the order in which they stand."""
    return [part for part in map(str.lower, PART.findall(name)) if part in BANNED]


def violations(root: Path) -> Iterator[Violation]:
    """Every name with a banned word in any Python file, script or folder of the repository."""
    for file in python_files(root):
        names = _names(ast.parse(file.read_text(encoding="utf-8")))
        yield from _of_file(file.relative_to(root), names)
    for file in script_files(root):
        yield from _of_file(file.relative_to(root), script_names(file.read_text(encoding="utf-8")))


def _of_file(path: Path, names: Iterator[tuple[int, str]]) -> Iterator[Violation]:
    of_path = ((1, name) for name in (*path.parts[:-1], path.stem))
    for line, name in sorted({*of_path, *names}):
        if (words := banned_parts(name)) and not _is_excepted(name, path):
            sentence = f"`{name}` uses `{words[0]}`: name it in the field's words."
            yield Violation(path, line, sentence)


def _is_excepted(name: str, path: Path) -> bool:
    is_test = name.startswith("test_") and "src" not in path.parts
    return is_test or any(
        name == allowed and fnmatch(path.as_posix(), pattern) for allowed, pattern, _ in EXCEPTIONS
    )


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for name in filter(None, (*_given_names(node), *_quoted_names(node))):
            yield getattr(node, "lineno", 1), name


def _given_names(node: ast.AST) -> Iterable[str | None]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name):
            return [name]
        case ast.arg(arg=name) | ast.keyword(arg=str(name)) | ast.ExceptHandler(name=name):
            return [name]
        case ast.alias(name=name, asname=own):
            return [own or name]
        case _:
            return _matched_names(node)


def _matched_names(node: ast.AST) -> Iterable[str | None]:
    match node:
        case ast.MatchAs(name=name) | ast.MatchStar(name=name) | ast.MatchMapping(rest=name):
            return [name]
        case ast.MatchClass(kwd_attrs=keywords):
            return keywords
        case _:
            return []


def _quoted_names(node: ast.AST) -> Iterator[str]:
    """The strings that are names: columns and labels, keys of dictionaries, `__slots__`."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=strings) if (
            name in COLUMNS
        ):
            yield from _names_among(strings)
        case ast.Dict(keys=strings):
            yield from _names_among(strings)
        case ast.Assign(targets=[ast.Name(id="__slots__")], value=slots):
            yield from _names_among(ast.walk(slots))
        case _:
            pass


def _names_among(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    for one in nodes:
        match one:
            case ast.Constant(value=str(text)) if QUOTED.fullmatch(text):
                yield text
            case _:
                pass


if __name__ == "__main__":
    run(violations)
