"""Escapes text that a spreadsheet would take for a formula. Pure.

Excel, LibreOffice and Google Sheets evaluate a cell that begins with one of these signs when a CSV
file is opened, some of them also when a text cell is edited. An apostrophe in front makes it text in
all of them. https://owasp.org/www-community/attacks/CSV_Injection

`defusedcsv`, which writes the CSV files, does so for the first character of a field only. It misses
a sign after a blank or a line break and full-width signs, and does not write workbooks.
"""

import re

from common.domain.visible_text import make_visible

SIGNS = ("=", "+", "-", "@", "|", "%")
BREAKS = ("\t", "\r", "\n")
WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The full-width forms of = + - @, which some spreadsheets treat like them."""
_SKIPPED = re.compile(r"^[\s\u200b\ufeff]+")
"""Blanks of any kind, with the separators 0x1c to 0x1f."""


def escape_formula(text: str) -> str:
    """The text, with an apostrophe in front where it could be taken for a formula."""
    # Spreadsheets skip these characters, and see the sign behind them.
    shown = _SKIPPED.sub("", text)
    dangerous = shown.startswith((*SIGNS, *WIDE)) or text.lstrip(" \u00a0").startswith(BREAKS)
    return f"'{text}" if dangerous else text


def without_controls(text: str) -> str:
    """The text with control characters and bidirectional overrides by their number."""
    return make_visible(text)
