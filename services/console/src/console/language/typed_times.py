"""Times as people type them, in their own zone: those that do not exist, and those that come twice. Pure."""

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from console.language.marked import marked

NO_TIME: Final = marked("Write a day and a time.")
NEVER: Final = marked("This time does not exist: the clocks went forward over it.")
TWICE: Final = marked("This time comes twice, since the clocks go back. Choose one of the two.")


def typed_time(values: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | str:
    """Return the instant of a field `datetime-local` in a zone, or what is wrong with it.

    Beside it a field `<name>-which` says `first` or `second` where the time comes twice.
    """
    try:
        local = datetime.fromisoformat(values.get(name, "").strip())
    except ValueError:
        return NO_TIME
    if local.tzinfo is not None or not is_a_year_of_ours(local):
        return NO_TIME
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if _is_skipped(first):
        return NEVER
    which = values.get(f"{name}-which")
    if first.utcoffset() != second.utcoffset() and which not in {"first", "second"}:
        return TWICE
    return (second if which == "second" else first).astimezone(UTC)


def is_a_year_of_ours(local: datetime) -> bool:
    """Whether a time can be told in every zone: not in the first or the last year that there is."""
    return MINYEAR < local.year < MAXYEAR


def _is_skipped(local: datetime) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) != local.replace(tzinfo=None)
