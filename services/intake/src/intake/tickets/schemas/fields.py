"""Types of request fields that several bodies share."""

from typing import Annotated

from pydantic import Field

FreeText = Annotated[str, Field(min_length=1, max_length=10_000)]
OptionalText = Annotated[str, Field(max_length=10_000)] | None
Words = Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S")]
"""Free text that says something: blanks alone do not."""
