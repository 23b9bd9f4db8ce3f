"""Codes on the wire have one style each: reasons `SELF_APPROVAL`, violations `unknown_reference`.

A reason says why a rule does not allow an act; it is quoted as evidence. A violation is one fault of
a request, named like those of the framework.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from checks.tree import packages
from checks.violations import Violation, run

REASON = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
FAULT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
REASONED = frozenset({"Conflict", "Forbidden", "Rejection"})
"""What carries a reason: the first argument of `Rejection`, `code=` of the others."""
FAULTS = frozenset({"Violation", "PydanticCustomError"})
"""What carries a fault: the second argument of `Violation`, the first of the other."""


def violations(root: Path) -> Iterator[Violation]:
    """Every code of another style in the packages' source."""
    for package in packages(root):
        for module in package.modules.values():
            for line, code, style in literal_codes(module.tree):
                if not style.fullmatch(code):
                    wanted = "SELF_APPROVAL" if style is REASON else "unknown_reference"
                    sentence = f"the code {code!r} is not written like `{wanted}`."
                    yield Violation(module.path.relative_to(root), line, sentence)


def literal_codes(tree: ast.Module) -> Iterator[tuple[int, str, re.Pattern[str]]]:
    """The literal codes of a module, each with its line and the style it ought to have."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name_of(node.func)
        if name in REASONED | FAULTS:
            code = _code_of(node, name)
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield node.lineno, code.value, REASON if name in REASONED else FAULT


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _code_of(call: ast.Call, name: str) -> ast.expr | None:
    position = {"Rejection": 0, "PydanticCustomError": 0, "Violation": 1}.get(name)
    if position is not None and len(call.args) > position:
        return call.args[position]
    return next((one.value for one in call.keywords if one.arg == "code"), None)


if __name__ == "__main__":
    run(violations)
