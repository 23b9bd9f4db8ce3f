"""Types of request fields that several bodies share."""

from typing import Annotated

from pydantic import Field

from common.http.fields import VISIBLE

FreeText = Annotated[str, Field(min_length=1, max_length=10_000, pattern=VISIBLE)]
"""Free text that says something: an answer that nobody can see must not stop a clock."""
OptionalText = Annotated[str, Field(max_length=10_000)] | None
Words = FreeText
