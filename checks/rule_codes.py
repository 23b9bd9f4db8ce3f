"""What a rule's code looks like, and where a text cites one.

A code is one or two capitals and a number, maybe with a small letter: `C11`, `A1b`. In prose each
one is a citation. A literal of a program holds other things, too; there it is one in parentheses
(`"a waiver (C11)"`), at the start (`"G11: one at a time"`), or after `as`, `see`, `by`, `rule` and `under`.
"""

import re
from collections.abc import Iterator
from typing import Final

CODE: Final = r"[A-Z]{1,2}[1-9][0-9]{0,2}[a-z]?"

OTHER_MEANINGS: Final = re.compile(
    r"S3"  # object storage
    r"|P[5-9][0-9]"  # percentiles
    r"|[EHR]S256"  # algorithms of signatures
    r"|V1"  # the first version of an API
    r"|E501"  # the linter's rule of long lines
)
"""What has the shape of a code and is none."""

_DASHES: Final = "-\u2013"
_CITED: Final = re.compile(rf"(?<![\w%#.&$@])({CODE})(?![\w%=(@]|\.\w)")
_JOINED: Final = re.compile(rf"(?:[{_DASHES}](?:{CODE}|[1-9][0-9]{{0,2}})|/{CODE})(?!\w)")
_RANGE: Final = re.compile(rf"([A-Z]{{1,2}})([0-9]+)[{_DASHES}]\1?([0-9]+)(?!\w)")
_ENDS_WITH_CODE: Final = re.compile(rf"(?<!\w){CODE}$")
_IN_PARENTHESES: Final = re.compile(rf"\((?:see |rules? )?{CODE}(?!\w)[^()]*\)")
_AT_START: Final = re.compile(rf"\A(?:[a-zA-Z]{{0,2}}[\"']{{1,3}})?\s*{CODE}(?:, {CODE})*: ")
_AFTER_WORD: Final = re.compile(
    rf"\b(?:[Ss]ee|[Bb]y|[Rr]ules?|[Uu]nder|[Aa]s) {CODE}(?:[{_DASHES}/][A-Z]{{0,2}}[0-9]+[a-z]?)?(?!\w)"
)


def is_code(word: str) -> bool:
    """Whether a word has the shape of a code and no other meaning."""
    return re.fullmatch(CODE, word) is not None and not OTHER_MEANINGS.fullmatch(word)


def cited_codes(prose: str) -> Iterator[tuple[int, str]]:
    """Codes in plain prose, each with its line from 0. A range cites every code in it."""
    for match in _CITED.finditer(prose):
        code, start, end = match[1], match.start(), match.end()
        if prose[end : end + 1] in {"/", *_DASHES} and not _JOINED.match(prose, end):
            continue  # S3-compatible, A4/letter
        if prose[start - 1 : start] in {"/", *_DASHES} and not _follows_code(prose, start - 1):
            continue
        if is_code(code):
            line = prose.count("\n", 0, start)
            yield from ((line, one) for one in (code, *_rest_of_range(prose, start)))


def _follows_code(prose: str, end: int) -> bool:
    return _ENDS_WITH_CODE.search(prose[max(0, end - 6) : end]) is not None


def _rest_of_range(prose: str, start: int) -> Iterator[str]:
    """What a range adds to its first code; its last one counts by itself if it has its letter."""
    if match := _RANGE.match(prose, start):
        family, first, last = match.groups()
        is_whole = prose[match.start(3) - 1].isalpha()
        for number in range(int(first) + 1, int(last) + (0 if is_whole else 1)):
            yield f"{family}{number}"


def quoted_citations(literal: str) -> str:
    """What cites in a literal of a program; the rest of it, up to its lines, is blank."""
    spans = [
        match.span()
        for pattern in (_AT_START, _IN_PARENTHESES, _AFTER_WORD)
        for match in pattern.finditer(literal)
    ]
    return "".join(
        letter if letter == "\n" or any(start <= at < end for start, end in spans) else " "
        for at, letter in enumerate(literal)
    )
