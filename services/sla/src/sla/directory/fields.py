"""Types of query parameters that name something of the directory."""

from typing import Annotated

from fastapi import Query

from common.http import Refers

CustomerFilter = Annotated[
    str | None, Query(max_length=100, description="By key."), Refers("customer")
]
