"""Of what kind a part is: a text to show, a file, or both, and what the file is called. Pure."""

import re
from typing import Final, Literal

from intake.mail.domain.header import MAX_FILE_NAME_CHARS, parse_file_name, parse_parameters
from intake.mail.domain.mime import Tree, field_of, media_type, parameters_of

TextKind = Literal["plain", "html", "enriched"]

SHOWN_KINDS: Final[dict[str, TextKind]] = {
    "text/plain": "plain",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/enriched": "enriched",
    "text/richtext": "enriched",
}
FILE_NAMES: Final = {
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
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "image/png": "unnamed.png",
    "image/jpeg": "unnamed.jpg",
    "image/gif": "unnamed.gif",
}
"""The name of a part of that type that has none itself. Of text types, those that are no words to read."""

_BIDI: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""With them `invoice-fdp.exe` looks like a PDF to whoever opens it."""

MESSAGES: Final = frozenset({"message/rfc822", "message/global"})


def shown_kind(part: Tree) -> TextKind | None:
    """How a part is shown; None for one that is only a file."""
    kind = media_type(part)
    if _is_attached(part) or (kind in FILE_NAMES and kind not in SHOWN_KINDS):
        return None
    if kind.startswith("multipart/"):
        return "plain"  # its boundary was lost: everything in it is shown as it came
    return SHOWN_KINDS.get(kind, "plain" if kind.startswith("text/") else None)


def _is_attached(part: Tree) -> bool:
    disposition = parse_parameters(field_of(part, "content-disposition"))[0]
    return disposition.split(" ")[0] == "attachment"


def file_name(part: Tree) -> str:
    """The name of the file, without folders; empty where the part has none."""
    name = parse_file_name(parameters_of(part, "content-disposition"), "filename")
    return safe_name(name or parse_file_name(parameters_of(part, "content-type"), "name"))


def safe_name(name: str) -> str:
    """The name without folders, and without what turns the order of its letters around."""
    name = _BIDI.sub("", name)
    flat = " ".join(name.replace("/", "_").replace("\\", "_").split())
    return flat[:MAX_FILE_NAME_CHARS].strip()
