"""Request and response models of teams."""

from typing import Annotated

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Key, Name

MAX_MEMBERS = 200
Members = Annotated[
    list[Annotated[Name, Refers("colleague")]], Field(max_length=MAX_MEMBERS, default_factory=list)
]


class TeamCreate(RequestModel):
    """A team of the house; `members` are the `sub`s of its people."""

    key: Key
    name: Name
    members: Members


class TeamUpdate(RequestModel):
    """The name and all the members that a team shall have."""

    name: Name
    members: Members


class TeamRead(ResponseModel):
    """A team. One that `is_role` has everybody with that role as its members."""

    key: str
    name: str
    members: list[str]
    is_role: bool
