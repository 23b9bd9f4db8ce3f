"""HTML as text, and as HTML that is safe to show (I3).

libxml2 (by lxml) reads the document as a stream of events, so that nobody walks down a tree; unless `huge_tree` is
set, it leaves out what lies deeper than 256 elements. Two of its faults are met here: it looks through all
open elements for each end tag of one that is not open, and an address in angle brackets is a tag to it.
The sanitiser nh3 gets a document that this reader has balanced: for crossed and deeply nested tags it takes
quadratic time and memory.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

import nh3
from lxml import etree

MAX_SAFE_HTML_CHARS: Final = 500_000
MAX_SHOWN_DEPTH: Final = 100
MAX_DEPTH: Final = 500
MAX_QUOTE_DEPTH: Final = 20

_TAGS: Final = frozenset(nh3.ALLOWED_TAGS - {"img"})
_ATTRIBUTES: Final = {tag: frozenset(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
_VOID: Final = frozenset({"br", "hr", "wbr", "col", "area", "img", "meta", "link", "input", "base"})
_UNCOUNTED: Final = _VOID | frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "rt",
        "rp",
        "body",
        "html",
        "head",
    ]
)
"""Elements without end tag, or with one that may be missing: they are not counted as open."""
_UNSHOWN: Final = frozenset({"script", "style", "title"})
_CELLS: Final = frozenset({"td", "th"})
_TICKS: Final = frozenset({"checkbox", "radio"})
_UNSHOWN_INPUTS: Final = frozenset(
    {"hidden", "password", "file", "image", "submit", "reset", "button"}
)
_BLOCK_NAMES: Final = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol "
    "option p pre section summary table tbody tfoot thead tr ul"
)
_BLOCKS: Final = frozenset(_BLOCK_NAMES.split())
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s<>/]{0,60})[^<>]{0,2000}>")
_BLANKS: Final = re.compile(r"[ \t\r\n\f\xa0]+")


@dataclass(frozen=True, slots=True)
class ReadHtml:
    """A document's text, with `> ` before quoted lines, and its safe HTML; None where that is too long."""

    text: str
    safe: str | None


def read_html(html: str) -> ReadHtml:
    """Read a document or a piece of one. Where it shows no text at all, its source is the text."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    parser.feed(b"<html>" + _bounded(html).encode("utf-8", "replace"))
    parser.close()
    balanced = "".join(reader.safe)
    safe = nh3.clean(balanced, tags=_TAGS) if len(balanced) <= MAX_SAFE_HTML_CHARS else None
    text = "\n".join([*reader.lines, *reader.rest()])
    return ReadHtml(text if text.strip() else html, safe)


def _bounded(html: str) -> str:
    """The HTML without end tags of what is not open, and without the tags that lie deeper than 500."""
    is_open: Counter[str] = Counter()
    depth = 0

    def look_at(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if name in _UNCOUNTED:
            return "" if tag[1] and depth >= MAX_DEPTH else tag[0]
        if (tag[1] and not is_open[name]) or (not tag[1] and depth >= MAX_DEPTH):
            return ""
        change = -1 if tag[1] else 1
        is_open[name] += change
        depth += change
        return tag[0]

    return _TAG.sub(look_at, html)


class _Reader:
    """What libxml2 tells the document to, event by event."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.safe: list[str] = []
        self._line: list[str] = []
        self._open: list[str | None] = []
        self._shown_depth = self._quotes = self._preformatted = self._unshown = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if "@" in tag:
            self.data(f"<{tag}>")
        if tag in _BLOCKS:
            self._end_line()
        self._count(tag, 1)
        if tag == "br":
            self._end_line(even_empty=True)
        elif tag in _CELLS and self._line:
            self._line.append("\t")
        elif tag == "li":
            self._line.append("- ")
        elif shown := _text_of_empty(tag, attributes):
            self._line.append(shown)
        self._open_safe(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _BLOCKS:
            self._end_line()
        self._count(tag, -1)
        shown = self._open.pop() if self._open else None
        if shown is not None:
            self._shown_depth -= 1
            self.safe.append(f"</{shown}>")

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._unshown:
            return
        self.safe.append(escape(text))
        if self._preformatted:
            first, *others = text.replace("\r", "").split("\n")
            self._line.append(first)
            for line in others:
                self._end_line(even_empty=True)
                self._line.append(line)
            return
        blank = _BLANKS.sub(" ", text)
        is_at_start = not self._line or self._line[-1].endswith((" ", "\t"))
        if shown := blank.lstrip(" ") if is_at_start else blank:
            self._line.append(shown)

    def comment(self, text: str) -> None:
        """Nobody sees a comment."""

    def close(self) -> None:
        """The document ends."""

    def rest(self) -> list[str]:
        """The last line, if one is left."""
        return ["".join(self._line)] if self._line else []

    def _count(self, tag: str, change: int) -> None:
        self._quotes += change * (tag == "blockquote")
        self._preformatted += change * (tag in {"pre", "textarea", "plaintext"})
        self._unshown += change * (tag in _UNSHOWN)

    def _end_line(self, *, even_empty: bool = False) -> None:
        line = "".join(self._line).rstrip()
        self._line = []
        if line or even_empty:
            self.lines.append("> " * min(self._quotes, MAX_QUOTE_DEPTH) + line)

    def _open_safe(self, tag: str, attributes: Mapping[str, str]) -> None:
        is_shown = tag in _TAGS and not self._unshown
        if is_shown and tag in _VOID:
            self.safe.append(f"<{tag}>")
        opened = is_shown and tag not in _VOID and self._shown_depth < MAX_SHOWN_DEPTH
        self._open.append(tag if opened else None)
        if opened:
            self._shown_depth += 1
            self.safe.append(f"<{tag}{_safe_attributes(tag, attributes)}>")


def _text_of_empty(tag: str, attributes: Mapping[str, str]) -> str:
    """What an element shows that has no text inside: a picture's name, what a form was filled in with."""
    if tag == "img":
        return f"[{attributes['alt']}]" if attributes.get("alt") else ""
    if tag != "input":
        return ""
    kind = (attributes.get("type") or "text").lower()
    if kind in _TICKS:
        return "[x]" if "checked" in attributes else "[ ]"
    return attributes.get("value") or "" if kind not in _UNSHOWN_INPUTS else ""


def _safe_attributes(tag: str, attributes: Mapping[str, str]) -> str:
    allowed = _ATTRIBUTES.get(tag, frozenset())
    return "".join(
        f' {name}="{escape(value or "")}"' for name, value in attributes.items() if name in allowed
    )
