"""Whatever a service may answer has words: problems, reasons of rules, and what is wrong with a field.

The codes are read from the services' source, as `checks.codes` reads them, and from the tables that they come from.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from checks.codes import REASON, literal_codes
from checks.tree import packages
from pydantic_core import core_schema

from common.http.fields import VISIBLE
from common.http.problems import FRAMEWORK_PROBLEMS
from common.wording.findings import FINDINGS
from console.language.fault_words import EXAMPLES
from console.language.words import WORDS
from console.service_text import URN
from delivery_gate.criteria.domain.verdict import ReasonCode
from tests.contracts.operations import MODULES, operations

ROOT = Path(__file__).parents[2]
SERVICES = ("common", "intake", "sla", "escalation", "delivery_gate")
TREES = [
    module.tree
    for package in packages(ROOT)
    if package.name in SERVICES
    for module in package.modules.values()
]
CALLS = [node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Call)]
PROBLEM = re.compile(r"[a-z]+(-[a-z]+)*")
REASONED = {"Rejection": 0, "Conflict": None, "Forbidden": None}
FAULTY = {"Violation": 1, "PydanticCustomError": 0, "_invalid": 1, "Unanswerable": 1, "Unfit": 1}

MADE_ELSEWHERE = re.compile(
    r"ReasonCode\.\w+"  # the enumeration is walked whole
    r"|\w+\.code(\.lower\(\))?"  # of a rejection, a finding or a fault that is made and walked where it is written
    r"|one\['type'\]"  # pydantic's own
    r"|\*_NOT_USABLE|UNKNOWN"  # `unknown_reference`, which is walked
    r"|error\.(type|kind\.name)"  # of what no form of the console sends: files of settings, values of request forms
    r"|NOT_NOW"  # WRONG_STATE, which is walked
    r"|code"  # what a helper is given, whose callers are walked
)
OF_PYTHON = {
    "arguments_type", "callable_type", "complex_str_parsing", "complex_type", "counter_type",
    "dataclass_exact_type", "dataclass_type", "default_factory_not_called", "deque_type",
    "ellipsis_error", "fraction_parsing", "fraction_type", "frozen_dict_type", "frozen_field",
    "frozen_instance", "frozen_set_type", "get_attribute_error", "is_instance_of",
    "is_subclass_of", "iterable_type", "iteration_error", "mapping_type", "missing_argument",
    "missing_keyword_only_argument", "missing_positional_only_argument", "missing_sentinel_error",
    "multiple_argument_values", "named_tuple_type", "needs_python_object", "no_such_attribute",
    "ordered_dict_type", "recursion_depth_exceeded", "set_item_not_hashable",
    "unexpected_keyword_argument", "unexpected_positional_argument",
}  # fmt: skip
"""What pydantic says of Python's own objects, and never of JSON or of an address."""


NOT_BLANK = {r"\S", r"\w", VISIBLE}
"""Patterns of which nobody needs an example."""
IN_ROTAS = {"starts_at", "ends_at"}
"""Times of a day there, which no form of the console sends; instants everywhere else."""
BY_DEFAULT = {"permission_missing", "forbidden", "refused"}
"""What is said where no rule gives a reason."""


def _name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _code_in(call: ast.Call, position: int | None) -> ast.expr | None:
    if position is not None and len(call.args) > position:
        return call.args[position]
    return next((one.value for one in call.keywords if one.arg == "code"), None)


def reasons() -> set[str]:
    """Return the reasons that rules give."""
    written = {code for tree in TREES for _, code, style in literal_codes(tree) if style is REASON}
    return {code.lower() for code in written | set(ReasonCode)}


def faults() -> set[str]:
    """Return what may be wrong with a field."""
    written = {
        code.value
        for call in CALLS
        if (name := _name_of(call)) in FAULTY
        and isinstance(code := _code_in(call, FAULTY[name]), ast.Constant)
    }
    return {*written, *FINDINGS, *(set(get_args(core_schema.ErrorType)) - OF_PYTHON)}


def _problems() -> Iterator[str]:
    """Yield the last parts of `type` of problems that are no reasons of rules."""
    yield from (slug for slug, _, _ in FRAMEWORK_PROBLEMS.values())
    for call in CALLS:
        is_parent = ast.unparse(call.func) == "super().__init__"
        if (is_parent or _name_of(call) in {"Problem", "Refusal"}) and call.args:
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(rf"^{URN}([a-z-]+)$", node.value)


def problems() -> set[str]:
    return {slug.replace("-", "_") for slug in _problems() if PROBLEM.fullmatch(slug)}


@pytest.mark.parametrize("code", sorted(reasons()))
def test_every_reason_of_a_rule_has_words(code: str) -> None:
    assert code in WORDS["reason"], (
        "write them in console/language/refusal_words.py, and translate them"
    )


@pytest.mark.parametrize("code", sorted(problems()))
def test_every_problem_has_words(code: str) -> None:
    assert code in WORDS["reason"], (
        "write them in console/language/problem_words.py, and translate them"
    )


@pytest.mark.parametrize("code", sorted(faults()))
def test_everything_that_may_be_wrong_with_a_field_has_words(code: str) -> None:
    assert code in WORDS["fault"], (
        "write them in console/language/fault_words.py, and translate them"
    )


@pytest.mark.parametrize("module", MODULES)
def test_a_field_with_a_pattern_has_an_example_of_what_is_right(module: str) -> None:
    fields = [one for operation in operations(module) for one in operation.fields]
    for field in fields:
        pattern = field.mark("pattern")
        if (
            field.part == "body"
            and pattern not in {None, *NOT_BLANK}
            and field.name not in IN_ROTAS
        ):
            assert field.name in EXAMPLES, "write one in console/language/fault_words.py"
            assert re.search(pattern, EXAMPLES[field.name]), field.name


def test_every_conflict_says_by_a_code_what_it_is_about() -> None:
    """`conflict` alone says nothing: people would read the service's English."""
    unnamed = [
        ast.unparse(call)
        for call in CALLS
        if _name_of(call) == "Conflict"
        and _code_in(call, None) is None
        and "uuid7()" not in ast.unparse(call)  # the table of conflicts with linked systems
        and "**" not in ast.unparse(call)
    ]
    assert unnamed == []


def test_no_code_is_made_where_this_does_not_look() -> None:
    for call in CALLS:
        name = _name_of(call)
        code = (
            _code_in(call, {**REASONED, **FAULTY}.get(name))
            if name in {*REASONED, *FAULTY}
            else None
        )
        if code is not None and not isinstance(code, ast.Constant):
            assert MADE_ELSEWHERE.fullmatch(ast.unparse(code)), ast.unparse(call)


def test_what_is_walked_is_found_at_all() -> None:
    assert {"four_eyes", "wrong_state", "self_approval", "freeze"} <= reasons()
    assert {"not_found", "invalid", "busy", "sign_in_required", "slow_request"} <= problems()
    assert {"missing", "unknown_reference", "too_much", "missing_greeting"} <= faults()


def test_words_are_for_codes_that_exist() -> None:
    assert set(WORDS["reason"]) - reasons() - problems() == BY_DEFAULT
    assert set(WORDS["fault"]) - faults() == set()
    assert {code.partition(".")[0] for code in WORDS["fault_of_field"]} <= faults()
    for kind in ("reason", "fault"):
        assert set(WORDS[f"{kind}_with_facts"]) <= set(WORDS[kind])
