"""The one mailbox in a header such as From (I1). Pure.

The header is read as it came, and names are decoded afterwards: what stands in quotes, in a comment or in
an encoded word is a name, never an address. Whatever leaves a doubt is no mailbox.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from intake.directory.domain.address import MAX_ADDRESS_CHARS, normalise
from intake.mail.domain.header import MAX_HEADER_CHARS, decode_raw, decode_text

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]{1,64}|\"[^\"]{1,62}\"")
_DOMAIN: Final = re.compile(r"(?:[^\W]|[-])+(?:\.(?:[^\W]|[-])+)*")
_DOUBLE_BRACKETS: Final = re.compile(r"<[ \t]*<([^<>\"()]*)>[ \t]*>")
_MAILTO: Final = re.compile(r"\Amailto:", re.IGNORECASE)
_AROUND_DOTS: Final = re.compile(r"(?<!\s)\s*([@.])\s*")
_CLOSING: Final = {'"': '"', "(": ")", "<": ">"}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A decoded name, maybe empty, and a normalised address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(slots=True)
class _Entry:
    """What stands between two commas: bare words, quoted names, and what is in angle brackets."""

    words: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)
    angles: list[str] = field(default_factory=list)


def parse_only_mailbox(header: str) -> Mailbox | None:
    """The mailbox of a header that has exactly one; None where it has none, more, or cannot be read."""
    if len(header) > MAX_HEADER_CHARS or _CONTROL.search(header):
        return None
    entries = _entries(_DOUBLE_BRACKETS.sub(r"<\1>", decode_raw(header)))
    if entries is None:
        return None
    claims = [entry for entry in entries if entry.angles or _with_at(entry.words)]
    if len(claims) != 1:
        return None
    names = [name for entry in entries for name in (*entry.quoted, *_names(entry))]
    return _to_mailbox(claims[0], names)


def _to_mailbox(entry: _Entry, names: list[str]) -> Mailbox | None:
    candidates = [_tidied(text) for text in entry.angles] or _with_at(entry.words)
    if len(candidates) != 1 or not _is_address(candidates[0]):
        return None
    name = decode_text(" ".join(names)).strip()
    return Mailbox(" ".join(name.split()), normalise(decode_text(candidates[0])))


def _tidied(text: str) -> str:
    """What is in brackets without `mailto:`, and without blanks at `@` and dots: a fold leaves them there."""
    return _AROUND_DOTS.sub(r"\1", _MAILTO.sub("", text.strip())).strip()


def _names(entry: _Entry) -> list[str]:
    return entry.words if entry.angles else [word for word in entry.words if "@" not in word]


def _with_at(words: list[str]) -> list[str]:
    return [word for word in words if "@" in word]


def _is_address(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= MAX_ADDRESS_CHARS
        and "=?" not in text
        and _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )


def _entries(header: str) -> list[_Entry] | None:
    """What the header lists; None where a quote, a comment or a bracket does not end."""
    entries, is_behind_angle = [_Entry()], False
    for kind, text in _tokens(header):
        entry = entries[-1]
        if kind == "unfinished":
            return None
        if kind == "separator":
            entries.append(_Entry())
            is_behind_angle = False
        elif kind == "<":
            entry.angles.append(text)
            is_behind_angle = True
        elif kind == '"':
            entry.quoted.append(text)
        elif kind == "word":
            if is_behind_angle and "@" in text:
                return None
            entry.words.append(text)
    return entries


def _tokens(header: str) -> Iterator[tuple[str, str]]:
    """The words, quoted texts, bracketed texts and separators of a header, in their order."""
    position, start = 0, 0
    while position <= len(header):
        character = header[position : position + 1]
        if character and character not in ' \t\r\n,;"(<':
            position += 1
            continue
        if position > start:
            yield "word", header[start:position]
        position += 1
        if character in _CLOSING and character:
            end = _find_end(header, position, character)
            if end is None:
                yield "unfinished", ""
                return
            if character != "(":
                yield character, header[position:end].replace("\\", "")
            position = end + 1
        elif character in {",", ";"}:
            yield "separator", character
        start = position


def _find_end(header: str, position: int, opening: str) -> int | None:
    """Where the quote, comment or bracket that opened before `position` ends."""
    depth, is_quoted = 1, False
    while position < len(header):
        character = header[position]
        if character == "\\" and (opening != "<" or is_quoted):
            position += 1
        elif opening == "<" and character == '"':
            is_quoted = not is_quoted
        elif character == _CLOSING[opening] and not is_quoted:
            depth -= 1
        elif opening == "(" and character == "(":
            depth += 1
        elif opening == "<" and character == "<" and not is_quoted:
            return None
        if depth == 0:
            return position
        position += 1
    return None
