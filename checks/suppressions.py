"""A suppressed check says on its line why it is suppressed.

`python -m checks.suppressions` prints the violations.
"""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from checks.tree import python_files
from checks.violations import Violation, run

SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)\b")
WITH_REASON = re.compile(
    r"#\s*(noqa: [A-Z0-9, ]+(- | \()|type: ignore\[[a-z-, ]+\]  # |pragma: no cover - )\w.{2,}"
)


def violations(root: Path) -> Iterator[Violation]:
    """Every `noqa`, `type: ignore` and `pragma: no cover` without a reason."""
    for path in python_files(root):
        with path.open("rb") as source:
            for token in tokenize.tokenize(source.readline):
                if token.type == tokenize.COMMENT and _lacks_reason(token.string):
                    sentence = f"say why, behind it: {token.string}"
                    yield Violation(path.relative_to(root), token.start[0], sentence)


def _lacks_reason(comment: str) -> bool:
    return bool(SUPPRESSION.match(comment)) and not WITH_REASON.match(comment)


if __name__ == "__main__":
    run(violations)
