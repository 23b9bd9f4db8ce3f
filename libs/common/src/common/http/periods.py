"""A period that a request names by its two ends ends after it starts."""

from datetime import date

from common.errors import ValidationFailed, Violation


def check_order(since: date | None, until: date | None, pointer: str) -> None:
    """Raises ValidationFailed at `pointer`, which names the end, where it is not later than the start.

    Instants or days; an end that is not given is later than everything.
    """
    if since is not None and until is not None and until <= since:
        detail = "give a later end: it has to come after the beginning"
        raise ValidationFailed([Violation(pointer, "order", detail)])
