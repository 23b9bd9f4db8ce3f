"""What a mail shows and what it carries: every part is a text, a file, or both (I3). Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from intake.mail.domain.charset import decode, decode_html
from intake.mail.domain.data_pictures import extract_pictures
from intake.mail.domain.header import (
    MAX_FILE_NAME_CHARS,
    decode_text,
    parse_file_name,
    parse_parameters,
)
from intake.mail.domain.mime import (
    MAX_PARTS,
    MAX_REPAIRS,
    Tree,
    children_of,
    content_of,
    field_of,
    media_type,
    message_bytes,
    parameters_of,
    repaired,
)
from intake.tickets.domain.message import Attachment
from intake.tickets.domain.plain_text import strip_control_characters

MAX_SHOWN_FILE_BYTES: Final = 20_000
"""Up to how many bytes a text that has a file name is shown beside being attached."""

TextKind = Literal["plain", "html", "enriched"]
Choice = tuple[int, int]
"""The number of a `multipart/alternative`, and which of its parts."""

_KINDS: Final[dict[str, TextKind]] = {
    "text/plain": "plain",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/enriched": "enriched",
    "text/richtext": "enriched",
}
_FILES: Final = {
    "text/calendar": "calendar.ics",
    "text/csv": "table.csv",
    "text/vcard": "card.vcf",
    "text/x-vcard": "card.vcf",
    "text/directory": "card.vcf",
    "text/rtf": "text.rtf",
    "text/xml": "document.xml",
    "text/css": "style.css",
    "text/javascript": "script.js",
    "text/rfc822-headers": "headers.txt",
    "text/x-amp-html": "amp.html",
    "text/watch-html": "watch.html",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "application/pdf": "unnamed.pdf",
    "image/png": "unnamed.png",
    "image/jpeg": "unnamed.jpg",
    "image/gif": "unnamed.gif",
}
"""The name of a part of that type that has none itself. Of text types, those that are no words to read."""

_MESSAGES: Final = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class TextPart:
    """A text to show, decoded; one of several alternatives where `choice` says so."""

    kind: TextKind
    text: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file that a mail carries."""

    name: str
    media_type: str
    data: bytes

    @property
    def attachment(self) -> Attachment:
        """Its name, type, size and digest."""
        digest = hashlib.sha256(self.data).hexdigest()
        return Attachment(self.name, self.media_type, len(self.data), digest)


@dataclass(frozen=True, slots=True)
class Contents:
    """The texts of a mail in reading order, its files, and what could not be read."""

    texts: tuple[TextPart, ...]
    files: tuple[File, ...]
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A part that has content. `is_inner`: it belongs to a mail inside the mail, which is a file."""

    part: Tree
    choice: Choice | None
    is_inner: bool
    note: str = ""


def read_contents(tree: Tree) -> Contents:
    """Everything in the mail, found without recursion; of more than 1,000 parts the first ones."""
    texts: list[TextPart] = []
    files: list[File] = []
    count = 0
    for count, leaf in enumerate(_leaves(tree), start=1):
        if count > MAX_PARTS:
            break
        texts.extend(_texts_of(leaf, is_first=not texts))
        if not leaf.is_inner:
            files.extend(_files_of(leaf))
    if not any(text.text.strip() for text in texts):
        texts = _texts_of_last_resort(tree)
    texts = [_without_pictures(text, files) for text in texts]
    defects = ("more than 1,000 parts",) if count > MAX_PARTS else ()
    return Contents(tuple(texts), tuple(files), defects)


def _leaves(tree: Tree) -> Iterator[_Leaf]:
    """The parts with content in reading order. What stands behind the last boundary is one, too."""
    waiting = [_Leaf(tree, None, is_inner=False)]
    alternatives = repairs = 0
    while waiting:
        leaf = waiting.pop()
        children = [] if leaf.note else children_of(leaf.part)
        again = (
            repaired(leaf.part)
            if not children and not leaf.note and repairs < MAX_REPAIRS
            else None
        )
        if again is not None:
            repairs += 1
            waiting.append(_Leaf(again, leaf.choice, leaf.is_inner))
        elif not children:
            yield leaf
        elif media_type(leaf.part) in _MESSAGES:
            yield leaf
            waiting.extend(reversed([_Leaf(child, None, is_inner=True) for child in children]))
        else:
            is_alternative = media_type(leaf.part) == "multipart/alternative"
            alternatives += is_alternative
            waiting.extend(_children(leaf, children, alternatives if is_alternative else None))


def _children(leaf: _Leaf, children: list[Tree], alternative: int | None) -> list[_Leaf]:
    """The leaves or branches below a multipart, the first one last."""
    below = [
        _Leaf(child, leaf.choice if alternative is None else (alternative, number), leaf.is_inner)
        for number, child in enumerate(children)
    ]
    epilogue = leaf.part.epilogue
    if isinstance(epilogue, str) and epilogue.strip():
        below.append(_Leaf(leaf.part, None, leaf.is_inner, note=epilogue))
    return below[::-1]


def _texts_of(leaf: _Leaf, *, is_first: bool) -> list[TextPart]:
    if leaf.note:
        return [_text("plain", _raw(leaf.note), None)]
    if media_type(leaf.part) in _MESSAGES:
        return [TextPart("plain", _heading(child)) for child in children_of(leaf.part)]
    kind = _shown_kind(leaf.part)
    if kind is None:
        return []
    content = content_of(leaf.part)
    if not is_first and _file_name(leaf.part) and len(content.data) > MAX_SHOWN_FILE_BYTES:
        return []
    charset = parameters_of(leaf.part, "content-type").get("charset")
    decoded = (decode_html if kind == "html" else decode)(content.data, charset)
    shown = [TextPart(kind, strip_control_characters(decoded), leaf.choice)]
    return [*shown, _text("plain", content.added, None)] if content.added else shown


def _shown_kind(part: Tree) -> TextKind | None:
    """How a part is shown; None for one that is only a file."""
    kind = media_type(part)
    if _is_attached(part) or (kind in _FILES and kind not in _KINDS):
        return None
    if kind.startswith("multipart/"):
        return "plain"  # its boundary was lost: everything in it is shown as it came
    return _KINDS.get(kind, "plain" if kind.startswith("text/") else None)


def _is_attached(part: Tree) -> bool:
    disposition = parse_parameters(field_of(part, "content-disposition"))[0]
    return disposition.split(" ")[0] == "attachment"


def _files_of(leaf: _Leaf) -> list[File]:
    part, kind = leaf.part, media_type(leaf.part)
    if leaf.note:
        return []
    name = _file_name(part)
    if _shown_kind(part) is not None and not name and (kind in _KINDS or kind.startswith("multi")):
        return []
    if kind in _MESSAGES:
        subject = next((field_of(child, "subject") for child in children_of(part)), "")
        title = _safe_name(decode_text(subject))
        return [
            File(
                name or f"{title}.eml" if name or title else "message.eml",
                kind,
                message_bytes(part),
            )
        ]
    return [File(name or _FILES.get(kind, "unnamed"), kind, content_of(part).data)]


def _file_name(part: Tree) -> str:
    """The name of the file, without folders; empty where the part has none."""
    name = parse_file_name(parameters_of(part, "content-disposition"), "filename")
    return _safe_name(name or parse_file_name(parameters_of(part, "content-type"), "name"))


def _safe_name(name: str) -> str:
    flat = " ".join(name.replace("/", "_").replace("\\", "_").split())
    return flat[:MAX_FILE_NAME_CHARS].strip()


def _without_pictures(text: TextPart, files: list[File]) -> TextPart:
    """The text; pictures that stand inside of its HTML become files."""
    if text.kind != "html":
        return text
    html, pictures = extract_pictures(text.text)
    files.extend(File(*picture) for picture in pictures)
    return replace(text, text=html)


def _heading(message: Tree) -> str:
    """What a mail inside the mail says of itself."""
    lines = [
        f"{name.title()}: {' '.join(decode_text(value).split())}"
        for name in ("from", "date", "subject", "to")
        if (value := field_of(message, name))
    ]
    return "\n".join(["---------- Attached message ----------", *lines])


def _texts_of_last_resort(tree: Tree) -> list[TextPart]:
    """Where no part shows anything: what stands before the first boundary."""
    preamble = tree.preamble
    return [_text("plain", _raw(preamble), None)] if isinstance(preamble, str) else []


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(kind: TextKind, data: bytes, choice: Choice | None) -> TextPart:
    return TextPart(kind, strip_control_characters(decode(data, None)), choice)
