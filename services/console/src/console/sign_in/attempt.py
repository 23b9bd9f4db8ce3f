"""A sign-in that has begun: what it is bound to, and the address to which it leads. Pure."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

RANDOM_BYTES: Final = 32
HOME: Final = "/"
MAX_PATH_CHARS: Final = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser keeps, sealed, until it comes back from the issuer.

    `state` binds the answer to this browser, `nonce` the ID token to this attempt, `verifier` the code to us
    (PKCE, RFC 7636). `then`: the path to which the person wanted to go.
    """

    state: str
    nonce: str
    verifier: str
    then: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def begin(then: str | None) -> Attempt:
    """Begin a sign-in. A `then` that is not a path of our own leads home."""
    state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
    return Attempt(state, nonce, verifier, own_path(then))


def read(value: Any) -> Attempt | None:
    """Return the attempt of an opened cookie; None where there is none."""
    return Attempt(**value) if isinstance(value, dict) else None


def own_path(path: str | None) -> str:
    """Return the path where it is one of ours, else home: no open redirect.

    Browsers read a backslash as a slash and drop tabs and line ends, so neither is in a path of ours.
    """
    if path is None or len(path) > MAX_PATH_CHARS or not path.isprintable() or "\\" in path:
        return HOME
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and not parts.netloc and not parts.scheme else HOME


def challenge(verifier: str) -> str:
    """Return the challenge of a verifier by SHA-256 (RFC 7636, 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def issuer_address(endpoint: str, attempt: Attempt, asked: Mapping[str, str]) -> str:
    """Return the address of the issuer's page. `asked`: client_id, redirect_uri, scope and the like."""
    query = {
        "response_type": "code",
        **asked,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
