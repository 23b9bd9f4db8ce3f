"""What an article says, with its headings, lists and quoted lines; every character of it escaped. Pure."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape

_LINES: Final = (
    ("heading", re.compile(r"(?P<marks>#{1,6})\s+(?P<words>\S.*)")),
    ("ul", re.compile(r"\s{0,3}[-*]\s+(?P<words>\S.*)")),
    ("ol", re.compile(r"\s{0,3}\d{1,3}[.)]\s+(?P<words>\S.*)")),
)
FENCE: Final = "```"
DEEPEST: Final = 4
"""The page's own title is 1, and its sections are 2."""


def article_text(text: str | None) -> Markup:
    """Return the text of an article: `#` begins a heading, `-` or a number a line of a list, ``` quotes lines."""
    lines = list(_kinds((text or "").replace("\r\n", "\n").split("\n")))
    shown: list[Markup] = []
    above = 1
    for kind, group in groupby(lines, key=lambda line: line[0]):
        words = [line[1] for line in group]
        if kind == "heading":
            for one in words:
                marks, _, heading = one.partition(" ")
                above = min(len(marks) + 1, above + 1, DEEPEST)
                shown.append(Markup("<h{0}>{1}</h{0}>").format(above, heading))
        elif kind != "blank":
            shown.append(_block(kind, words))
    return Markup("").join(shown)


def _kinds(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each line with what it is part of."""
    is_quoted = False
    for line in lines:
        if line.strip().startswith(FENCE):
            is_quoted = not is_quoted
            yield "blank", ""
        elif is_quoted:
            yield "pre", line
        else:
            yield _kind(line)


def _kind(line: str) -> tuple[str, str]:
    for kind, pattern in _LINES:
        if (found := pattern.fullmatch(line)) is not None:
            words = found["words"].strip()
            return kind, f"{found['marks']} {words}" if kind == "heading" else words
    return ("p", line) if line.strip() else ("blank", "")


def _block(kind: str, words: list[str]) -> Markup:
    if kind == "pre":
        return Markup("<pre>{}</pre>").format("\n".join(words))
    if kind == "p":
        return Markup("<p>{}</p>").format(Markup("<br>").join(escape(one) for one in words))
    items = Markup("").join(Markup("<li>{}</li>").format(one) for one in words)
    return Markup("<{0}>{1}</{0}>").format(Markup(kind), items)
