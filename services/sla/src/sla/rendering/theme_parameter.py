"""The query parameter by which a picture is asked for in other colours."""

from typing import Annotated

from fastapi import Query

from sla.rendering.theme import ThemeName

Theme = Annotated[
    ThemeName, Query(description="The colours of the picture: for light or dark ground.")
]
