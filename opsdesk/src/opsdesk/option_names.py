"""What the commands call the fields of requests: an error names what the user typed, not `/customer`."""

import re
from typing import Final

_ARGUMENTS: Final = {
    "title": "TITLE",
    "text": "TEXT",
    "resolution": "RESOLUTION",
    "found": "FOUND",
    "into": "INTO",
    "q": "WORDS",
    "waiting_on": "--on",
    "assign/to": "PERSON",
    "assign-customer/customer": "CUSTOMER",
    "prioritise/priority": "PRIORITY",
    "views/name": "NAME",
    "verify/reason": "--checked",
    "delivery-manager/person": "PERSON",
    "product-owner/person": "PERSON",
    "deputies": "--deputy",
    "customers/key": "CUSTOMER",
    "environments/key": "ENVIRONMENT",
    "partners/key": "PARTNER",
    "people/sub": "PERSON",
    "roles": "--role",
    "other_addresses": "--also",
    "other_phones": "--also-phone",
    "backlog-item/reference": "REFERENCE",
}
"""Fields that are arguments, or options of another name; `act/field` where only that act calls it so."""
_POINTER: Final = re.compile(r"(?<![\w/.])/(?:query/|body/)?([a-z_]+)(?:/\d+)*(?![\w/-])")
_INDEX: Final = re.compile(r"(/\d+)+$")
"""Which one of a list it is: an option that may be repeated is named as a whole."""
_FIELD: Final = re.compile(r"`([a-z_]+)`")


def option_of(pointer: str, act: str) -> str:
    """Return the option or argument for a JSON pointer in the answer to an act: `--customer`, `TITLE`."""
    field = _INDEX.sub("", pointer).rpartition("/")[2]
    renamed = _ARGUMENTS.get(f"{act}/{field}") or _ARGUMENTS.get(field)
    return renamed or f"--{field.replace('_', '-')}"


def in_own_words(sentence: str, act: str) -> str:
    """Return a sentence of a service with the command's options in place of pointers and fields."""
    with_options = _POINTER.sub(lambda match: option_of(match[1], act), sentence)
    return _FIELD.sub(lambda match: option_of(match[1], act), with_options)
