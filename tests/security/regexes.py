"""Every regular expression in the code with the way it is used, and texts that could keep it busy."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

SOURCES = ("libs/common/src", "services/*/src", "opsdesk/src")
METHODS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"})
MAX_WORDS = 3
SAMPLES = tuple(' \t\n-a0<>:="\\.@/([')


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern, and the method of `re` that applies it."""

    where: str
    pattern: str | bytes
    flags: int
    method: str

    def apply(self, text: str) -> None:
        """Apply it to a text, as the code does."""
        compiled: re.Pattern[Any] = re.compile(self.pattern, self.flags)
        given = text.encode("latin-1", "replace") if isinstance(self.pattern, bytes) else text
        if self.method in ("sub", "subn"):
            compiled.sub(given[:0], given)
        elif self.method == "finditer":
            list(compiled.finditer(given))
        else:
            getattr(compiled, self.method)(given)


def find_uses(root: Path) -> list[Use]:
    """Return every use of a pattern that is written in the code."""
    files = [file for where in SOURCES for file in sorted(root.glob(f"{where}/**/*.py"))]
    return [use for file in files for use in _uses_in(file, str(file.relative_to(root)))]


def _uses_in(file: Path, name: str) -> Iterator[Use]:
    source = file.read_text("utf-8")
    tree = ast.parse(source)
    names = _names_of_patterns(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _is_re(node.func)):
            continue
        method, pattern = node.func.attr, _literal(node.args[0])  # type: ignore[attr-defined]  # as _is_re says
        if pattern is None:
            continue
        methods = _methods(source, names.get(node)) if method == "compile" else {method}
        for one in sorted(methods):
            yield Use(f"{name}:{node.lineno}", pattern, _flags(node), one)


def _names_of_patterns(tree: ast.AST) -> dict[ast.expr, str]:
    """The names to which calls are assigned at once."""
    names = {}
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value
            and isinstance(target, ast.Name)
        ):
            names[node.value] = target.id
    return names


def _methods(source: str, name: str | None) -> set[str]:
    """The methods that a file calls on a pattern; all that it calls on anything for one without a name."""
    owner = rf"\b{name}" if name else ""
    return {one for one in METHODS if re.search(rf"{owner}\.{one}\(", source)} or {"search"}


def _is_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in METHODS | {"compile"}
    )


def _literal(node: ast.expr) -> str | bytes | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None  # put together at run time: listed by `unwritten`
    return value if isinstance(value, str | bytes) else None


def unwritten(root: Path) -> set[str]:
    """Return the files with a pattern that is put together at run time."""
    found = set()
    for where in SOURCES:
        for file in root.glob(f"{where}/**/*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _is_re(node.func) and not _literal(node.args[0]):
                    found.add(str(file.relative_to(root)))
    return found


def _flags(node: ast.Call) -> int:
    given = [*node.args[1:], *(one.value for one in node.keywords if one.arg == "flags")]
    flags = re.NOFLAG
    for one in ast.walk(ast.Tuple(given, ast.Load())):
        if isinstance(one, ast.Attribute) and isinstance(getattr(re, one.attr, None), re.RegexFlag):
            flags |= getattr(re, one.attr)
    return int(flags)


def hostile_texts(pattern: str | bytes, length: int) -> Iterator[str]:
    """Texts of about that length, made of what the pattern names: `pump` repeated, around it a little."""
    words = _words(pattern)
    samples = [*SAMPLES, *words]
    pumps = [*samples, *(a + b for a, b in product(words or "a", SAMPLES))]
    for head, pump, tail in product(["", *words[:1]], pumps, ["", "\x00!"]):
        yield head + pump * (length // len(pump)) + tail


def _words(pattern: str | bytes) -> list[str]:
    """Words that occur in a pattern."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    return list(dict.fromkeys(re.findall(r"[A-Za-z0-9][A-Za-z0-9:/-]{1,20} ?", text)))[:MAX_WORDS]
