"""Where the files of each kind cite rules: every reader yields codes with their lines from 0."""

import re
import tokenize
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from checks.rule_codes import CODE, cited_codes, quoted_citations

Reader = Callable[[str], Iterator[tuple[int, str]]]

_CODE_SPAN: Final = re.compile(r"(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\1(?!`)", re.DOTALL)
_SPAN_OF_CODES: Final = re.compile(rf"(`+)({CODE}(?:[-\u2013]{CODE}|, {CODE})*)\1")
_FENCE: Final = re.compile(r"^( *)(```|~~~).*?^\1\2[^\n]*$", re.DOTALL | re.MULTILINE)
_ADDRESS: Final = re.compile(r"\w+://\S+|\]\([^)\s]*\)")
_MARKUP: Final = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
_SUPPRESSION: Final = re.compile(r"\bnoqa\b(?:: ?[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*)?")
_STATEMENT_ENDS: Final = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_SCRIPT_COMMENT: Final = re.compile(r"(?<![:\w])//[^\n]*|/\*.*?\*/", re.DOTALL)
_HASH_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)


def in_markdown(text: str) -> Iterator[tuple[int, str]]:
    """Citations of a Markdown text: not those in code, nor in the addresses of links.

    A code alone in backticks is one as well.
    """
    plain = _SPAN_OF_CODES.sub(lambda span: f" {span[2]} ", _blank(_FENCE, text=text))
    return cited_codes(_blank(_CODE_SPAN, _ADDRESS, text=plain))


def in_html(text: str) -> Iterator[tuple[int, str]]:
    """Citations in what a reader of the page sees."""
    return cited_codes(_blank(_MARKUP, text=text))


def in_sql(text: str) -> Iterator[tuple[int, str]]:
    """Citations in all of a script: its names are in small letters."""
    return cited_codes(_blank(_ADDRESS, text=text))


def in_script(text: str) -> Iterator[tuple[int, str]]:
    """Citations in the comments of JavaScript or CSS, and those that its texts point out."""
    return _in_commented(text, _SCRIPT_COMMENT)


def in_settings(text: str) -> Iterator[tuple[int, str]]:
    """Citations in comments that begin with #, and those that the values point out."""
    return _in_commented(text, _HASH_COMMENT)


def in_python(text: str) -> Iterator[tuple[int, str]]:
    """Citations in docstrings and comments, and those that other strings point out."""
    if not re.search(rf"(?<!\w){CODE}", text):
        return  # many files: reading all of them token by token would take seconds
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(StringIO(text).readline):
        prose = _prose(token, is_statement=before in _STATEMENT_ENDS)
        yield from ((token.start[0] - 1 + line, code) for line, code in in_markdown(prose))
        before = before if token.type in {tokenize.NL, tokenize.COMMENT} else token.type


READERS: Final[Mapping[str, Reader]] = {
    ".css": in_script,
    ".html": in_html,
    ".j2": in_html,
    ".js": in_script,
    ".md": in_markdown,
    ".py": in_python,
    ".sh": in_settings,
    ".sql": in_sql,
    ".svg": in_html,
    ".toml": in_settings,
    ".yaml": in_settings,
    ".yml": in_settings,
    "Dockerfile": in_settings,
    "Makefile": in_settings,
}
"""Readers by the suffix of a file, or by its whole name."""


def reader_of(path: Path) -> Reader | None:
    """The reader for a file; None if files of its kind cite no rules."""
    return READERS.get(path.suffix) or READERS.get(path.name)


def _prose(token: tokenize.TokenInfo, *, is_statement: bool) -> str:
    if token.type == tokenize.COMMENT:
        return _blank(_SUPPRESSION, text=token.string)
    if tokenize.tok_name[token.type] not in {"STRING", "FSTRING_MIDDLE"}:
        return ""
    return token.string if is_statement else quoted_citations(token.string)


def _in_commented(text: str, comment: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    comments = _blank_but(comment, _blank(_SUPPRESSION, text=text))
    values = quoted_citations(_blank(comment, text=text))
    yield from in_markdown(comments)
    yield from cited_codes(_blank(_ADDRESS, text=values))


def _blank(*patterns: re.Pattern[str], text: str) -> str:
    """The text with blanks for what matches, so that lines keep their numbers."""
    for pattern in patterns:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def _blank_but(pattern: re.Pattern[str], text: str) -> str:
    """The text with blanks for all but what matches."""
    end, parts = 0, list[str]()
    for match in pattern.finditer(text):
        parts += [re.sub(r"[^\n]", " ", text[end : match.start()]), match.group()]
        end = match.end()
    return "".join(parts)
