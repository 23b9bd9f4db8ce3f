"""Request and response models of blunt words."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from common.http import RequestModel, ResponseModel

MAX_PHRASES = 500


class BluntWord(RequestModel):
    """A phrase of whole words, and what to do instead: "say what you need to go on"."""

    phrase: Annotated[str, Field(min_length=2, max_length=100, pattern=r"\w")]
    instead: Annotated[str, Field(min_length=3, max_length=200)]


class BluntWordsUpdate(RequestModel):
    """The whole list of a language."""

    items: Annotated[list[BluntWord], Field(max_length=MAX_PHRASES)]

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: list[BluntWord]) -> list[BluntWord]:
        if len({one.phrase.casefold() for one in items}) < len(items):
            raise PydanticCustomError("repeated", "give each phrase once")
        return items


class BluntWordRead(ResponseModel):
    """A phrase that hurts, and what to do instead."""

    phrase: str
    instead: str


class BluntWordsRead(ResponseModel):
    """The list of a language."""

    language: str
    items: list[BluntWordRead]
