"""Find the number that a partner gave to what we handed over, in what they answer. Pure, linear."""

import re
from typing import Final

MAX_CHARS: Final = 2_000
"""So much of an answer is looked at: the number stands in its subject or its beginning."""

_OURS: Final = re.compile(r"\bOPS-\d{1,12}\b", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"\b(?:ticket|case|request|incident|issue|reference|vorgang|referentie|melding|zaak|kenmerk|ref|sr)"
    r"(?:[ \t]{0,2}(?:number|nummer|no|nr|id|key))?(?:[ \t](?:is|ist|lautet))?[ \t]{0,2}[:.#-]{0,2}[ \t]{0,2}"
    r"(?=[A-Z0-9-]{0,20}\d)([A-Z0-9][A-Z0-9-]{2,30})\b",
    re.IGNORECASE,
)
_SHAPED: Final = re.compile(r"(?<![A-Z0-9-])([A-Z]{2,10}-?\d{3,12})(?![A-Z0-9-])")
_HASHED: Final = re.compile(r"#(\d{3,12})\b")


def find_reference(subject: str, text: str) -> str | None:
    """The partner's own number, as `INC0012345` or `4711`; None where none is named.

    The subject counts before the text; our own key never does.
    """
    for words in (subject, text):
        plain = _OURS.sub(" ", words[:MAX_CHARS])
        for pattern in (_NAMED, _SHAPED, _HASHED):
            if match := pattern.search(plain):
                return match[1]
    return None
