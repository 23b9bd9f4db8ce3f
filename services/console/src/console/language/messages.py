"""All message ids of the pages: of the templates, of the words for codes, and of marked texts in the code."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from babel.messages.extract import extract, extract_python
from jinja2.ext import babel_extract

from console.language.words import WORDS

OPTIONS: Final = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
}
KEYWORDS: Final[dict[str, Any]] = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}


def message_ids() -> set[str]:
    """Return every message id that a page may need."""
    root = Path(str(files("console")))
    found = {english for words in WORDS.values() for english in words.values()}
    for path in sorted(root.rglob("*.html")):
        found |= set(_of_file(path, babel_extract))
    for path in sorted(root.rglob("*.py")):
        found |= set(_of_file(path, extract_python))
    return found


def _of_file(path: Path, method: Any) -> Iterator[str]:
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, KEYWORDS, (), OPTIONS):
            yield from message if isinstance(message, tuple) else (message,)
