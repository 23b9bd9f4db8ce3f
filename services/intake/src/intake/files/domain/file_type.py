"""What a file is, by its first bytes: what its sender says proves nothing. Pure."""

from typing import Final

from intake.files.domain.file_name import ending

SNIFFED_BYTES: Final = 512
"""How many of a file's first bytes are looked at."""
UNKNOWN: Final = "application/octet-stream"

SAFE_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that a browser may show: they hold no script, as SVG does."""

_PROGRAM: Final = "application/x-executable"
_SIGNATURES: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"MZ", _PROGRAM),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"\xfe\xed\xfa\xce", _PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", _PROGRAM),
    (0, b"\xce\xfa\xed\xfe", _PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", _PROGRAM),
    (0, b"\xca\xfe\xba\xbe", _PROGRAM),
)
"""Offset, bytes there, media type (as in the WHATWG's MIME Sniffing, and formats' own documents)."""
_CONTAINERS: Final = {
    "application/zip": ("application/vnd.", "application/java-archive", "application/epub+zip"),
    "application/x-ole-storage": ("application/vnd.ms-", "application/msword"),
}
"""Types whose files are of another one inside: there the sender's word is more exact, and as harmless."""
_PROVABLE: Final = frozenset(media for _, _, media in _SIGNATURES)
_RUNS_WHEN_OPENED: Final = frozenset(
    [
        "bat",
        "chm",
        "cmd",
        "com",
        "cpl",
        "dll",
        "exe",
        "hta",
        "js",
        "jse",
        "lnk",
        "msc",
        "msi",
        "msp",
        "pif",
        "scr",
        "vbe",
        "vbs",
        "wsf",
        "wsh",
    ]
)


def sniff(beginning: bytes) -> str | None:
    """The media type that the first bytes prove; None where they prove nothing."""
    for offset, signature, media_type in _SIGNATURES:
        is_riff = media_type != "image/webp" or beginning[:4] == b"RIFF"
        if is_riff and beginning[offset : offset + len(signature)] == signature:
            return media_type
    return None


def media_type_of(beginning: bytes, declared: str) -> str:
    """The type of a file: what its bytes prove, else what its sender says, unless bytes would prove that."""
    plain = declared.partition(";")[0].strip().lower()
    is_plausible = 0 < len(plain) <= 100 and plain.isascii() and plain.count("/") == 1
    found = sniff(beginning)
    if found is not None:
        is_inside = is_plausible and plain.startswith(_CONTAINERS.get(found, ("\0",)))
        return plain if is_inside else found
    return plain if is_plausible and plain.isprintable() and plain not in _PROVABLE else UNKNOWN


def is_program(name: str, beginning: bytes) -> bool:
    """Whether opening the file would run it: by its ending or its first bytes."""
    return ending(name) in _RUNS_WHEN_OPENED or sniff(beginning) == _PROGRAM
