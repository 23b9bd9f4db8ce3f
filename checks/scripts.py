"""The names that the scripts of our pages use. They are short, so every word outside texts counts."""

import re
from collections.abc import Iterator

_TEXT = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`",
    re.DOTALL,
)
"""Comments and strings. What a template puts in, `${name}`, is named elsewhere."""

_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def script_names(script: str) -> Iterator[tuple[int, str]]:
    """Every name in a script, with its line from 1."""
    code = _TEXT.sub(lambda text: re.sub(r"[^\n]", " ", text[0]), script)
    for match in _NAME.finditer(code):
        yield code.count("\n", 0, match.start()) + 1, match[0]
