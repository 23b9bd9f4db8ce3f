"""What the forms of a review send. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A form: the fields that it needs, and the body that it sends; None where there is nothing to say."""

    needs: tuple[str, ...]
    body: Callable[[Values], dict[str, Any] | None]


def _fields(*names: str) -> ReviewRequest:
    def body(values: Values) -> dict[str, Any]:
        return {name: values[name].strip() for name in names}

    return ReviewRequest(names, body)


def _assessment(values: Values) -> dict[str, Any]:
    """Paragraphs with an empty line between; none at all: what is computed stands there again."""
    text = values.get("text", "")
    return {"paragraphs": [one.strip() for one in text.split("\n\n") if one.strip()]}


def _publication(values: Values) -> dict[str, Any] | None:
    reason = values.get("reason", "").strip()
    return {"reason": reason} if reason else None


REQUESTS: Final[Mapping[str, ReviewRequest]] = {
    "assessment": ReviewRequest((), _assessment),
    "agenda": _fields("title"),
    "minutes": _fields("text"),
    "breach-comments": _fields("clock_id", "text"),
    "actions": _fields("title", "criterion", "owner", "due"),
    "regenerate": ReviewRequest((), lambda _: None),
    "publish": ReviewRequest((), _publication),
}
"""By the end of the API's path."""
