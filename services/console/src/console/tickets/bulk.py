"""One act on many tickets: what can be chosen, what is sent, and what became of each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from console.forms.fields import Field
from console.forms.reading import Read, read_fields
from console.service_text import ServiceText, text_of_problem
from console.tickets.act_form import OVERRULE, ActForm
from console.tickets.act_reading import read_act
from console.tickets.acts import ACT_FORMS

TICKED: Final = "ticket."
"""Begins the names of the boxes: what follows is the key of a ticket."""
BULK: Final = (
    "take",
    "assign",
    "prioritise",
    "hold",
    "resume",
    "verify",
    "reject",
    "resolve",
    "close",
    "reopen",
)
"""What intake does to many at once, by the names of the forms; the reply stands beside them."""
REPLY: Final = ActForm("reply", (Field("text", needed=True), OVERRULE))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a ticket; `why_not` where it was not done."""

    key: str
    why_not: ServiceText | None


def bulk_acts() -> tuple[ActForm, ...]:
    """Return what can be done to many, with its fields."""
    return (*(one for one in ACT_FORMS if one.name in BULK), REPLY)


def bulk_act(name: str) -> ActForm | None:
    return next((one for one in bulk_acts() if one.name == name), None)


def ticked(values: Mapping[str, str]) -> list[str]:
    """Return the keys of the tickets that were ticked, each once."""
    return [name.removeprefix(TICKED) for name in values if name.startswith(TICKED)]


def read_bulk(act: ActForm, values: Mapping[str, str], sub: str, zone: ZoneInfo) -> Read:
    """Read the body that the act takes on each ticket."""
    if act.name == "reply":
        found = read_fields(act.fields, values, zone)
        return Read({**found.body, "visibility": "public"}, found.wrong)
    return read_act(act, values, sub, zone)


def asked(act: ActForm, keys: list[str], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent to intake."""
    return {"tickets": keys, "action": act.permission, "body": dict(body)}


def results(answer: Mapping[str, Any]) -> tuple[Result, ...]:
    """Return what became of each, in the order in which they were ticked."""
    return tuple(
        Result(one["ticket"], text_of_problem(one["problem"]) if one.get("problem") else None)
        for one in answer["items"]
    )
