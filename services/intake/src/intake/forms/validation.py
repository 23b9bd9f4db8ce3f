"""Check schemas of forms, and values against them, with jsonschema-rs: linear regexes, nothing loaded."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from common.errors import Violation
from intake.forms.domain.form import MAX_VALUES_BYTES, RequestForm, find_faults

MAX_NAMED: Final = 20
"""Faults that an answer names."""
MAX_DETAIL_CHARS: Final = 300
_REGEX_BYTES: Final = 1024 * 1024
_NOT_FINITE: Final = "give numbers below 1e308"


def check_schema(schema: dict[str, Any]) -> list[Violation]:
    """What is wrong with a form's schema, with pointers into it below `/schema`."""
    if _dump(schema) is None:
        return [Violation("/schema", "finite_number", _NOT_FINITE)]
    faults = find_faults(schema)
    if faults:
        return [
            Violation(pointer("/schema", fault.path), "schema", fault.detail)
            for fault in faults[:MAX_NAMED]
        ]
    try:
        _validator(json.dumps(schema))
    except (ValidationError, ValueError) as error:
        path = error.instance_path if isinstance(error, ValidationError) else ()
        detail = str(error).splitlines()[0] if str(error) else "this is no JSON Schema"
        return [Violation(pointer("/schema", path), "schema", detail[:MAX_DETAIL_CHARS])]
    return []


def check_values(form: RequestForm, values: dict[str, Any]) -> list[Violation]:
    """What the form refuses in these values, with pointers below `/form_values`."""
    text = _dump(values)
    if text is None:
        return [Violation("/form_values", "finite_number", _NOT_FINITE)]
    if len(text.encode()) > MAX_VALUES_BYTES:
        detail = f"keep what is filled in below {MAX_VALUES_BYTES} bytes"
        return [Violation("/form_values", "too_long", detail)]
    violations: list[Violation] = []
    for error in _validator(json.dumps(form.schema)).iter_errors(values):
        if len(violations) == MAX_NAMED:
            break
        violations.append(_violation(error))
    return violations


def _dump(value: dict[str, Any]) -> str | None:
    """The value as JSON; None where a number is too large for that, as 1e400 is."""
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        return None


def _violation(error: ValidationError) -> Violation:
    """`required` points to what is missing, everything else to the value that is refused."""
    path: list[str | int] = list(error.instance_path)
    missing = getattr(error.kind, "property", None)
    if isinstance(missing, str):
        path.append(missing)
    return Violation(
        pointer("/form_values", path), error.kind.name, error.message[:MAX_DETAIL_CHARS]
    )


def pointer(start: str, path: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of these steps below `start`."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "/".join((start, *steps))


@lru_cache(maxsize=64)
def _validator(schema: str) -> Draft202012Validator:
    options = RegexOptions(size_limit=_REGEX_BYTES, dfa_size_limit=_REGEX_BYTES)
    return Draft202012Validator(
        json.loads(schema), validate_formats=True, pattern_options=options, offline=True
    )
