"""Names of files as their senders give them, made harmless for whoever saves or reads them. Pure."""

import re
from typing import Final

MAX_NAME_CHARS: Final = 150
UNNAMED: Final = "unnamed"

_ACTING: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
"""Control characters, and those that show a name in another order than it is stored."""
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
"""Characters that file systems refuse."""
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names of devices under Windows."""


def make_safe(name: str) -> str:
    """The name without folders: `x` of `../../x`. Its ending stays, however long it is."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = " ".join(_FORBIDDEN.sub("_", _ACTING.sub("", last)).split()).strip(". ")
    if _RESERVED.fullmatch(clean):
        clean = f"_{clean}"
    return _shorten(clean) or UNNAMED


def ending(name: str) -> str:
    """The ending of a file name in lower case, without its dot; empty without one."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def _shorten(name: str) -> str:
    if len(name) <= MAX_NAME_CHARS:
        return name
    last = ending(name)
    tail = f".{last}" if last and len(last) <= 10 else ""
    return name[: MAX_NAME_CHARS - len(tail)].rstrip(". ") + tail
