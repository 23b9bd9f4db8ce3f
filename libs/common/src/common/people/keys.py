"""The issuer's public keys: read from a file or an address, and again when a new one appears."""

import asyncio
import json
import time
from pathlib import Path
from typing import Protocol

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

log = structlog.get_logger()

LARGEST = 256 * 1024
"""Bytes that a key set may have."""
TIMEOUT = 3.0
"""Seconds for which the issuer may take to answer."""
PAUSE = 5.0
"""Seconds between two readings, however many unknown keys are named meanwhile."""

PublicKey = RSAKey | ECKey | OKPKey


class Keys(Protocol):
    """Where verification finds keys. `find` answers None for a key that the issuer does not have."""

    async def find(self, kid: str | None) -> PublicKey | None: ...


class FixedKeys:
    """Keys that never change: the fake beside `IssuerKeys`, for tests."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = _by_id(keys)

    async def find(self, kid: str | None) -> PublicKey | None:
        return _pick(self._keys, kid)


class IssuerKeys:
    """The keys at `source` (a file path, or an http(s) address), read when first needed.

    While the issuer cannot be reached the keys known so far go on counting.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.trouble: str | None = None
        self._keys: dict[str, PublicKey] = {}
        self._read_at = -PAUSE
        self._reading = asyncio.Lock()

    async def find(self, kid: str | None) -> PublicKey | None:
        key = _pick(self._keys, kid)
        if key is None and time.monotonic() - self._read_at >= PAUSE:
            await self.read()
            key = _pick(self._keys, kid)
        return key

    async def read(self) -> bool:
        """Read the key set now. True when a key that was known has gone."""
        async with self._reading:
            if time.monotonic() - self._read_at < PAUSE:
                return False
            self._read_at = time.monotonic()
            try:
                found = _by_id(KeySet.import_key_set(json.loads(await self._fetch())))
            except (
                OSError,
                ValueError,
                KeyError,
                TypeError,
                httpx.HTTPError,
                JoseError,
            ) as error:
                self.trouble = f"keys of the issuer: {type(error).__name__} from {self.source}"
                log.warning("people.keys_unreadable", source=self.source, error=str(error))
                return False
            gone = not found.keys() >= self._keys.keys()
            self._keys, self.trouble = found, None
            return gone

    async def _fetch(self) -> bytes:
        if not self.source.startswith(("http://", "https://")):
            return await asyncio.to_thread(_read_file, Path(self.source.removeprefix("file://")))
        async with (
            asyncio.timeout(TIMEOUT),
            httpx.AsyncClient(timeout=TIMEOUT) as client,
            client.stream("GET", self.source) as answer,
        ):
            answer.raise_for_status()
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise ValueError("the key set is too large")
            return body


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _by_id(keys: KeySet) -> dict[str, PublicKey]:
    # Symmetric keys have no place in a public set: whoever reads it could sign with them.
    return {key.kid or "": key for key in keys if isinstance(key, PublicKey)}


def _pick(keys: dict[str, PublicKey], kid: str | None) -> PublicKey | None:
    if kid is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(kid)
