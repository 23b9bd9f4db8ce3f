"""Types of fields that several requests share."""

from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from common.http import Refers

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""One line of text: a name, or a reference by id or key."""
ProductName = Annotated[Line, Refers("product")]
"""The key of a product."""
EnvironmentName = Annotated[Line, Refers("environment")]
"""The id or key of an environment."""
ProductFilter = Annotated[str | None, Query(max_length=200), Refers("product")]
EnvironmentFilter = Annotated[str | None, Query(max_length=200), Refers("environment")]
FreeText = Annotated[str, Field(max_length=4000)]
"""Text that may be empty: the rules decide whether that is enough."""
Link = Annotated[str, Field(max_length=2000)]
"""Where the proof of something is."""
Digest = Annotated[str, Field(max_length=200)]
"""A digest as the caller reports it; the rules decide whether it is one."""
