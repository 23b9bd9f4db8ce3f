"""Seals what browsers and database keep for us and may not read or change."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the issuer gave. `access` is shown to the services, `renewal` gets the next one."""

    access: str
    renewal: str | None
    identity: str


class Seal:
    """Seals by the first key and opens by all: so keys change without signing everybody out."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def close(self, value: Any) -> bytes:
        """Seal what JSON can hold."""
        return self._keys.encrypt(json.dumps(value, separators=(",", ":")).encode())

    def open(self, sealed: bytes, max_age_s: int | None = None) -> Any | None:
        """Return what was sealed; None where it is not ours, was changed, or is older than that."""
        try:
            return json.loads(self._keys.decrypt(sealed, ttl=max_age_s))
        except (InvalidToken, ValueError):
            return None

    def close_tokens(self, tokens: Tokens) -> bytes:
        return self.close(asdict(tokens))

    def open_tokens(self, sealed: bytes) -> Tokens | None:
        """Return the tokens; None where none of the keys is the one that sealed them."""
        values = self.open(sealed)
        return None if values is None else Tokens(**values)
