"""Take out of a text who it was about, so that it can become an article. Pure.

A person reads the draft before anybody else does: this takes out what can be recognised.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

_MAIL: Final = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE: Final = re.compile(r"(?<![\w.-])(?:\+|00|0)\d[\d ()/-]{6,18}\d(?![\w.-])")
_IP: Final = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
MIN_PART_CHARS: Final = 3


def without_personal_data(text: str, people: Collection[str], parties: Mapping[str, str]) -> str:
    """The text without mail addresses, numbers and names.

    `people` are full names, of which each part goes; `parties` maps names of a customer and of what is
    theirs to what stands there instead.
    """
    text = _MAIL.sub("[address]", text)
    text = _PHONE.sub("[number]", text)
    text = _IP.sub("[IP address]", text)
    for name, instead in sorted(parties.items(), key=lambda one: -len(one[0])):
        text = _replace_name(text, name, instead)
    parts = {part for name in people for part in (name, *name.split())}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= MIN_PART_CHARS:
            text = _replace_name(text, part, "[name]")
    return text


def article_body(problem: str, solution: str) -> str:
    """The body of an article in the shape that all have: the problem, then how it is solved."""
    return f"## Problem\n\n{problem.strip()}\n\n## Solution\n\n{solution.strip()}\n"


def _replace_name(text: str, name: str, instead: str) -> str:
    if not name.strip():
        return text
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, text, flags=re.IGNORECASE)
