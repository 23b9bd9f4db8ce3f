"""What of a message is prose: without code, quotations and addresses. Pure."""

import re
from collections.abc import Iterator
from typing import Final

_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)")
_INLINE_CODE: Final = re.compile(r"`[^`\n]{0,500}`")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
_WORD: Final = re.compile(r"[^\W\d_]+(?:[\u2019'-][^\W\d_]+)*")
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+")
_SENTENCE_END: Final = re.compile(r"[.!?…:][\"\u201d\u2019)]*(?:\s|$)")
MIN_WRAPPED_CHARS: Final = 45
"""A shorter line ends its sentence: it was not broken because it was full."""


def without_code(text: str) -> str:
    """Return a text without fenced, indented and inline code and without quoted lines."""
    lines: list[str] = []
    is_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
            lines.append("")
        elif is_code or line.startswith(("    ", "\t", ">")):
            lines.append("")
        else:
            lines.append(_INLINE_CODE.sub(" ", line))
    return "\n".join(lines)


def prose(text: str) -> str:
    """Return the prose of a text: also without web and mail addresses."""
    return _ADDRESS.sub(" ", without_code(text))


def words(text: str) -> list[str]:
    """Return the words of a text: letters, with hyphens and apostrophes between them."""
    return _WORD.findall(text)


def plain_words(text: str) -> list[str]:
    """Return words and numbers in a form in which they can be compared."""
    return re.findall(r"\w+", text.casefold())


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of prose. Short lines, list items and empty lines end one."""
    pending: list[str] = []
    for line in (*text.splitlines(), ""):
        is_item = _BULLET.match(line) is not None
        if pending and (is_item or not line.strip()):
            yield from _split(" ".join(pending))
            pending = []
        if stripped := _BULLET.sub("", line).strip():
            pending.append(stripped)
            if len(stripped) < MIN_WRAPPED_CHARS:
                yield from _split(" ".join(pending))
                pending = []


def _split(text: str) -> Iterator[str]:
    begin = 0
    for end in _SENTENCE_END.finditer(text):
        yield text[begin : end.end()].strip()
        begin = end.end()
    if rest := text[begin:].strip():
        yield rest
