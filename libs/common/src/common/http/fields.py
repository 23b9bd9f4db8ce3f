"""Types of fields that bodies and parameters of several services share."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from common.domain import visible_text
from common.domain.timezones import known_timezones


def _check_timezone(name: str) -> str:
    if name not in known_timezones():
        raise PydanticCustomError(
            "unknown_timezone", "give an IANA time zone like Europe/Amsterdam"
        )
    return name


VISIBLE: Final = visible_text.VISIBLE
"""The pattern of words in which there is something to see: blanks and characters without a shape alone say nothing."""
Key = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", examples=["acme-prod"])]
"""A key that somebody chooses for something new. It begins and ends with a letter or digit."""
KeyRef = Annotated[str, Field(min_length=1, max_length=100)]
"""The key of something that exists."""
Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A name for people, on one line."""
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=VISIBLE),
]
"""Why something is done: kept in the audit trail. Blanks around it do not count, and something is to be seen."""
Tag = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?$", examples=["security"])]
"""A word by which tickets are found and told apart."""
MAX_TAGS = 20
"""The most tags of a ticket."""
Timezone = Annotated[str, Field(max_length=64), AfterValidator(_check_timezone)]
"""The name of an IANA time zone."""
