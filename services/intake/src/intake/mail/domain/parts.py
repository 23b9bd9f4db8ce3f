"""What a mail shows and what it carries: every part is a text, a file, or both (I3). Pure."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from intake.files.domain.file_type import SNIFFED_BYTES, media_type_of
from intake.mail.domain.charset import decode, decode_html
from intake.mail.domain.data_pictures import extract_pictures
from intake.mail.domain.header import decode_text
from intake.mail.domain.mime import (
    MAX_LOOKED_AT,
    MAX_PARTS,
    MAX_REPAIRS,
    Tree,
    children_of,
    content_of,
    decoded_message,
    field_of,
    media_type,
    message_bytes,
    parameters_of,
    repaired,
)
from intake.mail.domain.part_kinds import (
    FILE_NAMES,
    MESSAGES,
    SHOWN_KINDS,
    TextKind,
    file_name,
    safe_name,
    shown_kind,
)
from intake.tickets.domain.attachment import Attachment
from intake.tickets.domain.plain_text import strip_control_characters

TOO_MANY_PARTS: Final = "more than 1,000 parts"
"""The defect of a mail of which some texts or files are left out."""
MAX_SHOWN_FILE_BYTES: Final = 20_000
"""Up to how many bytes a text that has a file name is shown beside being attached."""

Choice = tuple[int, int]
"""The number of a `multipart/alternative`, and which of its parts."""


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
    """Everything in the mail, found without recursion; of more than 1,000 texts or files the first ones."""
    texts: list[TextPart] = []
    files: list[File] = []
    leaves = _leaves(tree)
    for leaf in islice(leaves, MAX_LOOKED_AT):
        texts.extend(_texts_of(leaf, is_first=not texts) if len(texts) <= MAX_PARTS else ())
        if not leaf.is_inner and len(files) <= MAX_PARTS:
            files.extend(_files_of(leaf))
    is_cut = max(len(texts), len(files)) > MAX_PARTS or next(leaves, None) is not None
    del texts[MAX_PARTS:], files[MAX_PARTS:]
    if not any(text.text.strip() for text in texts):
        texts = _texts_of_last_resort(tree, files)
    texts = [_without_pictures(text, files) for text in texts]
    defects = (TOO_MANY_PARTS,) if is_cut else ()
    return Contents(tuple(texts), tuple(files), defects)


def _leaves(tree: Tree) -> Iterator[_Leaf]:
    """The parts with content in reading order. What stands behind the last boundary is one, too."""
    waiting = [_Leaf(tree, None, is_inner=False)]
    alternatives = repairs = 0
    while waiting:
        leaf = waiting.pop()
        if media_type(leaf.part) in MESSAGES and (decoded := decoded_message(leaf.part)):
            leaf = replace(leaf, part=decoded)
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
        elif media_type(leaf.part) in MESSAGES:
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
    if media_type(leaf.part) in MESSAGES:
        return [TextPart("plain", _heading(child)) for child in children_of(leaf.part)]
    kind = shown_kind(leaf.part)
    if kind is None:
        return []
    content = content_of(leaf.part)
    if not is_first and file_name(leaf.part) and len(content.data) > MAX_SHOWN_FILE_BYTES:
        return []
    charset = parameters_of(leaf.part, "content-type").get("charset")
    decoded = (decode_html if kind == "html" else decode)(content.data, charset)
    shown = TextPart(kind, strip_control_characters(decoded), leaf.choice)
    above, behind = (
        [_text("plain", data, None)] if data else [] for data in (content.above, content.added)
    )
    return [*above, shown, *behind]


def _files_of(leaf: _Leaf) -> list[File]:
    part, kind = leaf.part, media_type(leaf.part)
    if leaf.note:
        return []
    name = file_name(part)
    if (
        shown_kind(part) is not None
        and not name
        and (kind in SHOWN_KINDS or kind.startswith("multi"))
    ):
        return []
    if kind in MESSAGES:
        subject = next((field_of(child, "subject") for child in children_of(part)), "")
        title = safe_name(decode_text(subject))
        return [
            File(
                name or f"{title}.eml" if name or title else "message.eml",
                kind,
                message_bytes(part),
            )
        ]
    return [_file(name or FILE_NAMES.get(kind, "unnamed"), kind, content_of(part).data)]


def _file(name: str, declared: str, data: bytes) -> File:
    """The file, of the type that its bytes prove, as of one that was uploaded."""
    return File(name, media_type_of(data[:SNIFFED_BYTES], declared), data)


def _without_pictures(text: TextPart, files: list[File]) -> TextPart:
    """The text; pictures that stand inside of its HTML become files."""
    if text.kind != "html":
        return text
    html, pictures = extract_pictures(text.text)
    files.extend(_file(*picture) for picture in pictures)
    return replace(text, text=html)


def _heading(message: Tree) -> str:
    """What a mail inside the mail says of itself."""
    lines = [
        f"{name.title()}: {' '.join(decode_text(value).split())}"
        for name in ("from", "date", "subject", "to")
        if (value := field_of(message, name))
    ]
    return "\n".join(["---------- Attached message ----------", *lines])


def _texts_of_last_resort(tree: Tree, files: list[File]) -> list[TextPart]:
    """Where no part shows anything: what stands before the first boundary, and short files of text."""
    preamble = tree.preamble
    before = _raw(preamble) if isinstance(preamble, str) else b""
    short = [file.data for file in files if _is_short_text(file)]
    return [_text("plain", data, None) for data in (before, *short)]


def _is_short_text(file: File) -> bool:
    return file.media_type.startswith("text/") and len(file.data) <= MAX_SHOWN_FILE_BYTES


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(kind: TextKind, data: bytes, choice: Choice | None) -> TextPart:
    return TextPart(kind, strip_control_characters(decode(data, None)), choice)
