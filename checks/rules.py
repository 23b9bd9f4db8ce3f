"""Every rule code that is cited stands in docs/rules.md.

    python -m checks.rules          # exit code 1 with file:line of each code that is not defined
    python -m checks.rules C11      # where a rule is defined and cited

A code is a letter of a family that docs/rules.md defines, and one or two digits: `C11`, `A1b`. It is
a citation in prose: docstrings, comments, Markdown, SQL, and the text of HTML. In other Python
strings it is one in parentheses (`"a waiver (C11)"`) or at the start (`"G11: one at a time"`). What
stands in backticks, in an address, or beside letters and digits (`E501`, `S3-compatible`) is not.
"""

import os
import re
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
RULES: Final = "docs/rules.md"
OTHER_MEANINGS: Final = frozenset({"S3"})
"""Codes of a family's shape that mean something else in prose: S3 is object storage."""

_SKIPPED_FOLDERS: Final = frozenset({"build", "dist", "node_modules", "__pycache__"})
_DEFINITION: Final = re.compile(r"^### ([A-Z][1-9][0-9]?b?)\n\*\*\S", re.MULTILINE)
_CODE: Final = re.compile(r"(?<![\w%#.&$@])([A-Z])([1-9][0-9]?)(b?)(?![\w%=(@]|\.\w)")
_JOINED: Final = re.compile(r"[-/\u2013][A-Z][1-9][0-9]?b?(?!\w)")
_IN_PARENTHESES: Final = re.compile(r"\(([^()]*)\)")
_AT_START: Final = re.compile(r"\s*[A-Z][1-9][0-9]?b?(?:, [A-Z][1-9][0-9]?b?)*: ")
_OPENING: Final = re.compile(r"^[a-zA-Z]{0,2}[\"']{1,3}")
_CODE_SPAN: Final = re.compile(r"(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\1(?!`)", re.DOTALL)
_FENCE: Final = re.compile(r"^( *)(```|~~~).*?^\1\2[^\n]*$", re.DOTALL | re.MULTILINE)
_ADDRESS: Final = re.compile(r"\w+://\S+|\]\([^)\s]*\)")
_STATEMENT_ENDS: Final = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_MARKUP: Final = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A code at `line` (from 1) of the file `path`, relative to the repository."""

    path: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}"


def defined_codes(rules: str) -> list[str]:
    """The codes that the text of docs/rules.md defines, in its order: a heading with a title."""
    return _DEFINITION.findall(rules)


def cited_codes(prose: str) -> Iterator[tuple[int, str]]:
    """Codes in plain prose, each with its line from 0. A range cites its two ends."""
    for match in _CODE.finditer(prose):
        code, start, end = match.group(), match.start(), match.end()
        if prose[end : end + 1] in {"-", "/", "\u2013"} and not _JOINED.match(prose, end):
            continue  # S3-compatible, A4/letter
        if prose[start - 1 : start] in {"-", "/"} and not _follows_code(prose, start - 1):
            continue
        if code not in OTHER_MEANINGS:
            yield prose.count("\n", 0, start), code


def _follows_code(prose: str, end: int) -> bool:
    return re.search(r"(?<!\w)[A-Z][1-9][0-9]?b?$", prose[:end]) is not None


def in_markdown(text: str) -> Iterator[tuple[int, str]]:
    """Citations of a Markdown text: not those in code, nor in the addresses of links."""
    return cited_codes(_blank(_FENCE, _CODE_SPAN, _ADDRESS, text=text))


def in_html(text: str) -> Iterator[tuple[int, str]]:
    """Citations in what a reader of the page sees."""
    return cited_codes(_blank(_MARKUP, text=text))


def in_sql(text: str) -> Iterator[tuple[int, str]]:
    return cited_codes(_blank(_ADDRESS, text=text))


def in_python(text: str) -> Iterator[tuple[int, str]]:
    """Citations in docstrings and comments; in other strings those in parentheses or at the start."""
    if not _CODE.search(text):
        return  # most files: reading all of them token by token would take seconds
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(StringIO(text).readline):
        prose = _prose(token, is_statement=before in _STATEMENT_ENDS)
        yield from ((token.start[0] - 1 + line, code) for line, code in in_markdown(prose))
        before = before if token.type in {tokenize.NL, tokenize.COMMENT} else token.type


def _prose(token: tokenize.TokenInfo, *, is_statement: bool) -> str:
    if token.type == tokenize.COMMENT:
        return "" if "noqa" in token.string else token.string
    if tokenize.tok_name[token.type] not in {"STRING", "FSTRING_MIDDLE"}:
        return ""
    return token.string if is_statement else _quoted_citations(token.string)


def _quoted_citations(literal: str) -> str:
    start = _AT_START.match(_OPENING.sub("", literal))
    groups = [inner for inner in _IN_PARENTHESES.findall(literal) if _is_list_of_codes(inner)]
    return "; ".join([start.group() if start else "", *groups])


def _is_list_of_codes(inner: str) -> bool:
    return all(
        re.fullmatch(r"(?:see |rules? )?[A-Z][1-9][0-9]?b?(?:-[A-Z][1-9][0-9]?b?)?", part.strip())
        for part in re.split(r"[,;]", inner)
    )


def _blank(*patterns: re.Pattern[str], text: str) -> str:
    """The text with blanks for what matches, so that lines keep their numbers."""
    for pattern in patterns:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


READERS: Final[Mapping[str, Callable[[str], Iterator[tuple[int, str]]]]] = {
    ".py": in_python,
    ".md": in_markdown,
    ".sql": in_sql,
    ".html": in_html,
}


def citations(root: Path, families: frozenset[str]) -> list[Citation]:
    """All citations of codes of these families (first letters) below a folder, in order."""
    return sorted(
        Citation(path.relative_to(root).as_posix(), line + 1, code)
        for path in _files(root)
        for line, code in READERS[path.suffix](path.read_text(encoding="utf-8"))
        if code[0] in families
    )


def _files(root: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".")]
        below[:] = sorted(set(below) - _SKIPPED_FOLDERS)
        yield from (Path(folder, name) for name in names if Path(name).suffix in READERS)


def find_undefined(root: Path) -> list[str]:
    """What is wrong, a line each: codes cited but not defined, and codes defined twice."""
    codes = defined_codes((root / RULES).read_text(encoding="utf-8"))
    if not codes:
        return [f"{RULES}: defines no rule; each is a heading '### C11' above '**Title.** …'"]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    found = citations(root, frozenset(code[0] for code in codes))
    return [
        *(f"{RULES}: {code} is defined twice" for code in twice),
        *(f"{one} is not defined in {RULES}" for one in found if one.code not in codes),
    ]


def main(arguments: list[str]) -> int:
    """Print what is wrong, or where the named rules are cited. 1: something is wrong."""
    if arguments:
        found = citations(ROOT, frozenset(code[0] for code in arguments))
        lines = [str(one) for one in found if one.code in arguments]
    else:
        lines = find_undefined(ROOT)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 1 if lines and not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
