"""Style sheet, scripts and icon: served under a name that holds a digest of their bytes, for ever."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
SCRIPTS: Final = ("keys.js", "drafts.js", "live.js", "lists.js")
"""The scripts, which are one file to browsers: each with names of its own."""
DIGEST_CHARS: Final = 12


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    media_type: str


def address_of(name: str) -> str:
    """Return the address of an asset: `opsdesk.css` is `/assets/opsdesk.4f1c….css`."""
    stem, _, kind = name.rpartition(".")
    return f"/assets/{stem}.{_digest(name)}.{kind}"


@cache
def find(file: str) -> Asset | None:
    """Return the asset of an address's last part; None where there is none of this digest."""
    stem, _, kind = file.rpartition(".")
    stem, _, digest = stem.rpartition(".")
    name = f"{stem}.{kind}"
    if name not in NAMES or digest != _digest(name):
        return None
    return Asset(_content(name), MEDIA_TYPES[kind])


NAMES: Final = frozenset({"opsdesk.css", "opsdesk.js", "opsdesk.svg"})


@cache
def _digest(name: str) -> str:
    return sha256(_content(name)).hexdigest()[:DIGEST_CHARS]


@cache
def _content(name: str) -> bytes:
    if name == "opsdesk.js":
        return b"".join(b"(() => {\n%s})();\n" % _read(one) for one in SCRIPTS)
    return _read(name)


def _read(name: str) -> bytes:
    return (files("console") / "look" / "static" / name).read_bytes()
