"""The issuer's public keys (JWKS), from a file or a URL; read again when an unknown key appears."""

import asyncio
import json
import time
from pathlib import Path
from typing import Protocol

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from common.outbound_tls import is_distrust, trusted_by_https
from common.telemetry import logger

log = logger(__name__)

MAX_KEY_SET_BYTES = 256 * 1024
"""The largest key set in bytes."""
FETCH_TIMEOUT_S = 3.0
"""Seconds that the issuer may take to answer."""
MIN_REFRESH_INTERVAL_S = 5.0
"""Seconds between two readings, however many unknown keys appear."""

PublicKey = RSAKey | ECKey | OKPKey


class KeySource(Protocol):
    """Where keys come from.

    `withdrawal_count` counts readings in which a known key was gone; `trouble` says why no key is
    known.
    """

    withdrawal_count: int
    trouble: str | None

    async def find(self, kid: str | None) -> PublicKey | None:
        """Return the key with this id, None where the issuer does not have it."""

    async def refresh(self) -> None:
        """Read the keys again, unless they were just read. Never raises."""


class FixedKeys:
    """Keys that never change, for tests."""

    def __init__(self, *keys: PublicKey) -> None:
        self._keys = {key.kid or "": key for key in keys}
        self.withdrawal_count = 0
        self.trouble: str | None = None

    async def find(self, kid: str | None) -> PublicKey | None:
        return _select_key(self._keys, kid)

    async def refresh(self) -> None:
        return


class IssuerKeys:
    """The keys at `source` (a file path or an http(s) URL), read when first needed. `ca_file`: a PEM file with
    authorities of one's own, for an https URL.

    While the issuer cannot be reached, the keys known so far stay valid.
    """

    def __init__(self, source: str, ca_file: Path | None = None) -> None:
        self.source = source
        self._trusted = trusted_by_https(ca_file)
        self.withdrawal_count = 0
        self.trouble: str | None = "the issuer's keys have not been read yet"
        self._keys: dict[str, PublicKey] = {}
        self._refreshed_at = -MIN_REFRESH_INTERVAL_S
        self._refresh_lock = asyncio.Lock()

    async def find(self, kid: str | None) -> PublicKey | None:
        key = _select_key(self._keys, kid)
        if key is None:
            await self.refresh()
            key = _select_key(self._keys, kid)
        return key

    async def refresh(self) -> None:
        async with self._refresh_lock:
            if time.monotonic() - self._refreshed_at < MIN_REFRESH_INTERVAL_S:
                return
            self._refreshed_at = time.monotonic()
            try:
                self._replace_keys(_parse_key_set(await self._fetch()))
            except (OSError, ValueError, KeyError, TypeError, httpx.HTTPError) as error:
                log.warning("people.keys_unread", source=self.source, error=type(error).__name__)
                if not self._keys:
                    self.trouble = f"{self.source} cannot be read: {_why(error)}"

    def _replace_keys(self, keys: dict[str, PublicKey]) -> None:
        if not keys:
            raise ValueError("no usable key in the key set")
        self.withdrawal_count += not keys.keys() >= self._keys.keys()
        self._keys, self.trouble = keys, None

    async def _fetch(self) -> bytes:
        if not self.source.startswith(("http://", "https://")):
            return await asyncio.to_thread(_read_file, Path(self.source.removeprefix("file://")))
        async with (
            asyncio.timeout(FETCH_TIMEOUT_S),
            httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, verify=self._trusted) as client,
            client.stream("GET", self.source) as answer,
        ):
            answer.raise_for_status()
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_KEY_SET_BYTES:
                    raise ValueError("the key set is too large")
            return body


def _why(error: Exception) -> str:
    if is_distrust(error):
        return "its certificate is of an authority that is not trusted, see OPSDESK_HTTPS_CA_FILE"
    return type(error).__name__


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_KEY_SET_BYTES)


def _parse_key_set(content: bytes) -> dict[str, PublicKey]:
    """Parse the usable keys of a key set (RFC 7517). Others are ignored: they may be of a new kind."""
    keys: dict[str, PublicKey] = {}
    for jwk in json.loads(content)["keys"]:
        try:
            key = JWKRegistry.import_key(jwk)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        # Never symmetric keys: whoever reads the public set could sign with them.
        if isinstance(key, PublicKey):
            key.ensure_kid()
            keys[key.kid or ""] = key
    return keys


def _select_key(keys: dict[str, PublicKey], kid: str | None) -> PublicKey | None:
    if kid is None:
        return next(iter(keys.values())) if len(keys) == 1 else None
    return keys.get(kid)
