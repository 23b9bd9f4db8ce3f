"""The body of a linked system's webhook, read as far as it can be: nobody there corrects it and sends it again. Pure."""

import json
import re
from typing import Any, Final

from common.http.body import MAX_JSON_DEPTH, nests_deeper_than

_NOT_STORABLE: Final = re.compile("[\0\ud800-\udfff]")


def read_body(raw: bytes) -> object:
    """The JSON value of a body, as it can be stored; None where it is no JSON, or nested too deep.

    A program that cuts its words at a length leaves half an emoji at their end, which strict JSON refuses.
    """
    if nests_deeper_than(raw, MAX_JSON_DEPTH):
        return None
    try:
        return _storable(json.loads(raw.decode("utf-8", "replace")))
    except ValueError:
        return None


def storable_text(text: str) -> str:
    """The text with U+FFFD for NUL and for halves of characters, which PostgreSQL stores in no text."""
    return _NOT_STORABLE.sub("\ufffd", text)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {storable_text(name): _storable(one) for name, one in value.items()}
    return value
