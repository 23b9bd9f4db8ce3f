"""Text from outside in a form that can be stored. Pure."""

import re
from typing import Final

_LINE_END: Final = re.compile(r"\r\n?|[\x0b\x0c\x85]")
_CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def strip_control_characters(text: str) -> str:
    """The text without NUL, other control characters and lone surrogates, which PostgreSQL refuses.

    Line ends become `\\n`, also those between pages: what they separate does not grow together.
    """
    return _CONTROL_CHARACTERS.sub("", _LINE_END.sub("\n", text))
