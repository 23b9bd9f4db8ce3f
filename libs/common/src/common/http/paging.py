"""Lists by cursor: `{"items": […], "next": "…"}`. A cursor is the position of the last item shown."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Query

from common.errors import ValidationFailed, Violation
from common.http.models import ResponseModel

R = TypeVar("R")
T = TypeVar("T")

Position = Sequence[datetime | UUID | str | int | None]
"""A position in a list: the values that it is ordered by, ending in the id."""

MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 50
_CHECKSUM_BYTES: Final = 6


class Page(ResponseModel, Generic[T]):
    """One page of a list. `next` is the `cursor` of the next page, null on the last one."""

    items: Sequence[T]
    next: str | None = None


def encode_cursor(*values: datetime | UUID | str | int | None) -> str:
    """Encode the position of an item: the values that the list is ordered by, ending in the id."""
    payload = json.dumps([_encode_value(value) for value in values], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_checksum(payload) + payload).rstrip(b"=").decode()


class Paging:
    """The parameters `?limit=` and `?cursor=` of a list: `page: Annotated[Paging, Depends()]`.

    The store reads `limit + 1` rows behind `after` (`common.persistence.keyset.page_after`); the
    row too many says that there is a next page (`page_of`).
    """

    def __init__(
        self,
        limit: Annotated[
            int, Query(ge=1, le=MAX_LIMIT, description="Items on a page.")
        ] = DEFAULT_LIMIT,
        cursor: Annotated[
            str | None, Query(max_length=1000, description="`next` of the previous page.")
        ] = None,
    ) -> None:
        self.limit = limit
        self.after = None if cursor is None else _decode_cursor(cursor)

    def after_as(self, *types: type) -> tuple[Any, ...] | None:
        """Return `after` if its values have these types. Raises ValidationFailed for another list's cursor."""
        if self.after is None:
            return None
        fits = len(self.after) == len(types) and all(
            isinstance(value, type_) for value, type_ in zip(self.after, types, strict=True)
        )
        return self.after if fits else _reject_cursor()

    def page_of(
        self, rows: Sequence[R], to_item: Callable[[R], T], position: Callable[[R], Position]
    ) -> Page[T]:
        """Make the page of these rows, at most `limit + 1`.

        `position` gives the values of a row by which the list is ordered, for the cursor.
        """
        shown = rows[: self.limit]
        has_more = len(rows) > self.limit
        cursor = encode_cursor(*position(shown[-1])) if has_more else None
        return Page(items=[to_item(row) for row in shown], next=cursor)

    def slice(
        self,
        items: Iterable[R],
        to_item: Callable[[R], T],
        position: Callable[[R], Position],
        types: Sequence[type],
    ) -> Page[T]:
        """Make the page of a whole list in memory that is ordered by `position`.

        `types` are those of the position's values. Raises ValidationFailed for another list's cursor.
        """
        behind = self.after_as(*types)
        rows = [item for item in items if behind is None or tuple(position(item)) > behind]
        return self.page_of(rows, to_item, position)


def _encode_value(value: datetime | UUID | str | int | None) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"u": value.hex} if isinstance(value, UUID) else value


def _decode_value(encoded: Any) -> Any:
    if not isinstance(encoded, dict):
        return encoded
    (tag, text), *_ = encoded.items()
    return datetime.fromisoformat(text) if tag == "t" else UUID(hex=text)


def _checksum(payload: bytes) -> bytes:
    # Against mistakes, not against forgery: a forged cursor shows rows that its caller may see.
    return hashlib.blake2b(payload, digest_size=_CHECKSUM_BYTES, person=b"opsdesk.cursor").digest()


def _decode_cursor(given: str) -> tuple[Any, ...]:
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), b"-_", validate=True)
        checksum, payload = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
        if checksum == _checksum(payload):
            return tuple(_decode_value(one) for one in json.loads(payload))
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    return _reject_cursor()


def _reject_cursor() -> tuple[Any, ...]:
    wrong = "send `next` of the previous page unchanged, or no cursor for the first page"
    raise ValidationFailed([Violation("/query/cursor", "cursor", wrong)])
