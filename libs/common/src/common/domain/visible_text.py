"""Other people's text with everything shown that would act on what shows it. Pure.

A terminal obeys escape sequences, XML cannot contain control characters, and a bidirectional
override shows a text in another order than it is stored: `invoice<U+202E>fdp.exe`.
"""

import re
from typing import Final

VISIBLE: Final = (
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
"""The pattern of a character that shows something: blanks and characters without a shape do not."""
_ACTING: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates
    "\ufff9-\ufffb\ufeff"  # annotations, the byte order mark
    "\ud800-\udfff\ufffe\uffff"  # no characters
    "\U000e0000-\U000e007f"  # tags, which nothing shows
    "]"
)


_SEEN: Final = re.compile(VISIBLE)


def shows_something(text: str) -> bool:
    """Whether there is something to see in the text: blanks and characters without a shape alone say nothing."""
    return _SEEN.search(text) is not None


def make_visible(text: str) -> str:
    """The text with such characters by their number, `[U+001B]`. Line ends become `\\n`."""
    return _ACTING.sub(_name, text.replace("\r\n", "\n"))


def _name(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"
