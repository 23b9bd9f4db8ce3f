"""A code of another style is found."""

from pathlib import Path

import pytest
from checks.codes import violations

from .conftest import Write

ROUTES = "services/sla/src/sla/waivers/routes.py"


@pytest.mark.parametrize(
    "call",
    [
        'Rejection("four-eyes", "Ask another person.")',
        'errors.Rejection("four-eyes", "Ask another person.")',
        'Rejection("four_eyes", "Ask another person.")',
        'Rejection(code="FourEyes", detail="Ask another person.")',
        'Conflict("Take another name.", code="name-taken")',
        'Forbidden("Not you.", code="not_owner")',
        'Violation("/customer", "UNKNOWN", "there is none")',
        'Violation("/customer", code="unknown-reference", detail="there is none")',
        'PydanticCustomError("unknown zone", "give a zone")',
    ],
)
def test_a_code_of_another_style(write: Write, tmp_path: Path, call: str) -> None:
    write(ROUTES, f"import something\nproblem = {call}\n")
    (violation,) = violations(tmp_path)
    assert (violation.path, violation.line) == (Path(ROUTES), 2)


def test_the_styles_and_what_no_literal_says_are_fine(write: Write, tmp_path: Path) -> None:
    lines = (
        'Rejection("FOUR_EYES", "Ask another person.")',
        'Rejection(reason, "Ask another person.")',
        'Conflict("It is over.")',
        'Conflict("It is over.", code="ALREADY_OVER")',
        'Violation("/customer", "unknown_reference", "there is none")',
    )
    write(ROUTES, "\n".join(lines))
    assert list(violations(tmp_path)) == []
