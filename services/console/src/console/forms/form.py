"""A form as it is drawn: what was typed, what is wrong with it, and the key under which it is sent. Pure."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from console.service_text import Sentence
from console.upstream.problems import (
    Done,
    NotSent,
    Outcome,
    Refused,
    Uncertain,
    Violation,
    violations,
)

Notice = Literal[
    "not_sent", "uncertain", "changed", "busy", "arrived", "refused", "sign_in", "found"
]
CHANGED, TOO_MANY, UNAVAILABLE, UNAUTHENTICATED = 412, 429, 503, 401
MISMATCH: Final = "urn:opsdesk:error:idempotency-mismatch"
IN_PROGRESS: Final = "urn:opsdesk:error:still-running"
NONCE_BYTES: Final = 18
MAX_NONCE_CHARS: Final = 64


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page. `nonce`: its Idempotency-Key, the same until it is known what became of it.

    `seen`: the ETag of what the page shows. `notice`: what happened to it last; `errors`: what is wrong.
    """

    nonce: str
    seen: str | None
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notice: Notice | None = None
    errors: tuple[Violation, ...] = ()
    status: int = 200

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def wrong(self, name: str) -> Sentence | None:
        """Return what is wrong with a field, None where nothing is."""
        return next((one.detail for one in self.errors if one.field == name), None)


def blank(seen: str | None, **values: str) -> Form:
    """A form that nobody has sent."""
    return Form(secrets.token_urlsafe(NONCE_BYTES), seen, values)


def nonce_of(values: Mapping[str, str]) -> str:
    """Return the form's own nonce, a new one where it is none of ours."""
    given = values.get("nonce", "")
    fits = 0 < len(given) <= MAX_NONCE_CHARS and given.isascii() and given.isprintable()
    return given if fits else secrets.token_urlsafe(NONCE_BYTES)


def invalid(values: Mapping[str, str], seen: str | None, *errors: Violation) -> Form:
    """A form that was not sent on, since it lacks something."""
    return Form(nonce_of(values), seen, values, "refused", errors, 422)


def found(values: Mapping[str, str], seen: str | None) -> Form:
    """A form that was not sent on yet, since its text is to be looked at once more first."""
    return Form(nonce_of(values), seen, values, "found", (), 422)


def after(outcome: Outcome, values: Mapping[str, str], seen: str | None) -> Form:
    """Draw a form again that was not done. `seen`: the ETag of what the page shows now.

    While nobody knows whether it was done it keeps its nonce: sent again, it is done once. What was
    certainly refused gets a new one, as the services would repeat their answer under the old.
    """
    assert not isinstance(outcome, Done), "the form is gone"
    nonce = nonce_of(values)
    if isinstance(outcome, NotSent):
        return Form(nonce, seen, values, "not_sent", (), 503)
    if isinstance(outcome, Uncertain) or outcome.problem.get("type") == IN_PROGRESS:
        return Form(nonce, seen, values, "uncertain", (), 503)
    return _refused(outcome, values, seen, nonce)


def after_change(form: Form, seen: str | None) -> Form:
    """Return a form that was overtaken, to be sent about what the page shows now."""
    return replace(form, seen=seen)


def _refused(outcome: Refused, values: Mapping[str, str], seen: str | None, nonce: str) -> Form:
    fresh = secrets.token_urlsafe(NONCE_BYTES)
    if outcome.problem.get("type") == MISMATCH:
        return Form(fresh, seen, values, "arrived", (), 409)
    if outcome.status == CHANGED:
        return Form(nonce, seen, values, "changed", (), 412)
    if outcome.status in {TOO_MANY, UNAVAILABLE}:
        return Form(nonce, seen, values, "busy", (), 503)
    if outcome.status == UNAUTHENTICATED:
        return Form(fresh, seen, values, "sign_in", tuple(violations(outcome)), 422)
    return Form(fresh, seen, values, "refused", tuple(violations(outcome)), 422)
