"""Forms are sent by our own pages alone: what the browser says, and a token that other sites cannot know."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

OWN_FETCHES: Final = frozenset({"same-origin", "none"})


def form_token(name: str) -> str:
    """The token of the forms of a session, from what its cookie holds: it cannot be turned back."""
    return hmac.digest(name.encode(), b"opsdesk console form", sha256).hex()


def is_from_elsewhere(headers: Mapping[str, str], origin: str) -> bool:
    """Whether the browser says that a page of another site sent this. `origin` is our own."""
    fetched_by = headers.get("sec-fetch-site")
    if fetched_by is not None and fetched_by not in OWN_FETCHES:
        return True
    return headers.get("origin", origin) != origin


def is_forged(headers: Mapping[str, str], origin: str, name: str, given: str) -> bool:
    """Whether a form was not sent by a page of `origin` in the session that the cookie `name` names.

    The token is asked for in any case; the browser's word is believed where it is against us.
    """
    is_ours = hmac.compare_digest(form_token(name).encode(), given.encode())
    return is_from_elsewhere(headers, origin) or not is_ours
