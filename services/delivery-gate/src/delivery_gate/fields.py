"""Field types that several bodies share."""

from typing import Annotated, Final

from fastapi import Path
from pydantic import Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
FreeText = Annotated[str, Field(max_length=4000)]
"""Free text; whether an empty one is enough, the rules say."""
Link = Annotated[str, Field(max_length=2000)]
PathReference = Annotated[
    str, Path(max_length=300, description="The id, or the key that people say aloud.")
]
KEY: Final = r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$"
Key = Annotated[str, StringConstraints(pattern=KEY)]
