"""Text that no spreadsheet takes for a formula.

A cell that begins with one of these is run by Excel, LibreOffice or Google Sheets when a CSV file
is opened, and some of them also when a text cell is edited. So an apostrophe stands before it,
which says "text" to all of them. https://owasp.org/www-community/attacks/CSV_Injection

`defusedcsv`, which writes our CSV files, does the same for a field's first character only: a blank, a
line break or a full-width sign before or instead of it is missed, and workbooks are not its business.
"""

import re

SIGNS = ("=", "+", "-", "@", "|", "%")
BREAKS = ("\t", "\r", "\n")
WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The full-width forms of = + - @, which spreadsheets in some languages take for the same."""
_SKIPPED = re.compile(r"^[\s\u200b\ufeff]+")
"""Blanks of any kind, the separators of old (0x1c-0x1f) among them."""


def escape_formula(text: str) -> str:
    """The text, with an apostrophe before it where it could be taken for a formula."""
    # What readers skip must not hide what comes after it.
    shown = _SKIPPED.sub("", text)
    dangerous = shown.startswith((*SIGNS, *WIDE)) or text.lstrip(" \u00a0").startswith(BREAKS)
    return f"'{text}" if dangerous else text


def without_controls(text: str) -> str:
    """No control characters but line breaks: XML has no way to write them down."""
    return "".join(
        one if one in "\n\t" or (one >= " " and one not in _NONCHARACTERS) else "\ufffd"
        for one in text.replace("\r\n", "\n")
    )


_NONCHARACTERS = frozenset({"\ufffe", "\uffff", *map(chr, range(0xD800, 0xE000))})
