"""A password as PostgreSQL stores it, so that the password itself is in no statement and no log of the server."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Final

ITERATIONS: Final = 4096
SALT_BYTES: Final = 16


def scram_verifier(password: str) -> str:
    """Return the SCRAM-SHA-256 verifier of a password (RFC 5803). Raises ValueError unless it is ASCII:
    other characters would have to be normalised as the client does it."""
    if not password.isascii():
        raise ValueError("a password has characters that are not ASCII")
    salt = secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    server = _hmac(salted, b"Server Key")
    parts = ":".join((_base64(stored), _base64(server)))
    return f"SCRAM-SHA-256${ITERATIONS}:{_base64(salt)}${parts}"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
