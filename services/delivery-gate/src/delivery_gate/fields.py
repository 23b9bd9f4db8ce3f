"""Types of fields that several requests share."""

from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, Field, StringConstraints

from common.domain.visible_text import shows_something
from common.errors import ValidationFailed, Violation
from common.http import Refers
from common.http.evidence import WebAddress

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""One line of text: a name, or a reference by id or key."""
ProductName = Annotated[Line, Refers("product")]
"""The key of a product."""
EnvironmentName = Annotated[Line, Refers("environment")]
"""The id or key of an environment."""
ColleagueName = Annotated[Line, Refers("colleague")]
"""The account of one of our people who is still here."""
ProductFilter = Annotated[str | None, Query(max_length=200), Refers("product")]
VersionFilter = Annotated[
    str | None,
    Query(max_length=200, description="A version's name; it needs the product beside it."),
]
EnvironmentFilter = Annotated[str | None, Query(max_length=200), Refers("environment")]
FreeText = Annotated[
    str,
    Field(max_length=4000),
    AfterValidator(lambda text: text if shows_something(text) else ""),
]
"""Text that may be empty: the rules decide whether that is enough. What shows nothing is empty."""
Link = Annotated[str, Field(max_length=2000), WebAddress]
"""Where the proof of something is: an address, or blank where none is named."""
Digest = Annotated[str, Field(max_length=200)]
"""A digest as the caller reports it; the rules decide whether it is one."""


def check_version_filter(product: str | None, version: str | None) -> None:
    """Raise ValidationFailed where a version is named without its product: names repeat."""
    if version is not None and product is None:
        raise ValidationFailed(
            [Violation("/query/product", "missing", "name the product of this version as well")]
        )
