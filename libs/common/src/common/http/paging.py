"""Lists by cursor: `{"items": […], "next": "…"}`. A cursor is the place of the last item given."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Query

from common.errors import Invalid, Violation
from common.http.models import Told

T = TypeVar("T")

MOST: Final = 200
USUAL: Final = 50
_SEAL: Final = 6


class Page(Told, Generic[T]):
    """One page. `next` is the `cursor` of the next one, null on the last."""

    items: Sequence[T]
    next: str | None = None


def cursor(*values: datetime | UUID | str | int | None) -> str:
    """The place of an item: the values that the list is ordered by, ending in the id."""
    told = json.dumps([_tagged(value) for value in values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(told) + told).rstrip(b"=").decode()


class Paging:
    """`?limit=` and `?cursor=` of a list: `page: Annotated[Paging, Depends()]`.

    Ask the store for `limit + 1` rows after `after`; the one too many says that there is a `next`.
    """

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST, description="Items on a page.")] = USUAL,
        cursor: Annotated[
            str | None, Query(max_length=1000, description="`next` of the page before.")
        ] = None,
    ) -> None:
        self.limit = limit
        self.after = None if cursor is None else _place(cursor)

    def after_as(self, *types: type) -> tuple[Any, ...] | None:
        """`after`, whose values are of these types. Raises Invalid for a cursor of another list."""
        if self.after is None:
            return None
        fits = len(self.after) == len(types) and all(
            isinstance(value, type_) for value, type_ in zip(self.after, types, strict=True)
        )
        return self.after if fits else _refuse()


def _tagged(value: datetime | UUID | str | int | None) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"u": value.hex} if isinstance(value, UUID) else value


def _value(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    (tag, text), *_ = told.items()
    return datetime.fromisoformat(text) if tag == "t" else UUID(hex=text)


def _seal(told: bytes) -> bytes:
    # Against slips and guesses, not against forgery: a forged place shows the forger's own rows.
    return hashlib.blake2b(told, digest_size=_SEAL, person=b"opsdesk.cursor").digest()


def _place(given: str) -> tuple[Any, ...]:
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), b"-_", validate=True)
        seal, told = raw[:_SEAL], raw[_SEAL:]
        if seal == _seal(told):
            return tuple(_value(one) for one in json.loads(told))
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    return _refuse()


def _refuse() -> tuple[Any, ...]:
    wrong = "take `next` of the page before as it is, or begin without a cursor"
    raise Invalid([Violation("/query/cursor", "cursor", wrong)])
