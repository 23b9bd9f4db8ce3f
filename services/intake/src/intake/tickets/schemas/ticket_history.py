"""The history of a ticket as callers read it."""

from datetime import datetime

from common.http import ResponseModel


class HistoryRead(ResponseModel):
    """What somebody did to a ticket, and the same in `words`.

    `by` is a `sub`, `by_name` null where the directory does not know them; `via` is the machine that
    spoke for them, null for contacts as well. `refused` acts were tried and not done. `parameters` are
    what `words` fills in, to say the same in another language.
    """

    at: datetime
    by: str
    by_name: str | None
    via: str | None
    act: str
    refused: bool
    words: str
    parameters: dict[str, str]
