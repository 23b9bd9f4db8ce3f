"""What may be done on a ticket by a form: which fields an act asks for, and what is sent. Pure.

Whether it may be done now is intake's to say (`allowed`); what it asks for beside that is here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Field = Literal["", "reason", "resolution"]


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act with its one field, which may be left empty unless it `needs` it. `takes_two`: of two persons."""

    name: str
    field: Field = ""
    needs: bool = False
    takes_two: bool = False


ACT_FORMS: Final = (
    ActForm("take"),
    ActForm("confirm_blocker", takes_two=True),
    ActForm("verify", "reason", takes_two=True),
    ActForm("reject", "reason", needs=True, takes_two=True),
    ActForm("resume", "reason"),
    ActForm("resolve", "resolution", needs=True),
    ActForm("close", "reason"),
    ActForm("reopen", "reason", needs=True),
)
PATHS: Final[Mapping[str, str]] = {"take": "assign", "confirm_blocker": "blocker/confirm"}
"""The ends of the API's paths that are not the act's own name."""
PERMITTED_AS: Final[Mapping[str, str]] = {"take": "assign"}
"""The act in `allowed` that decides about this one."""


def act_form(name: str) -> ActForm | None:
    return next((one for one in ACT_FORMS if one.name == name), None)


def path_of(name: str) -> str:
    """Return the end of the API's path."""
    return PATHS.get(name, name)


def body_of(act: ActForm, values: Mapping[str, str], sub: str) -> dict[str, Any] | None:
    """Return what is sent; None where there is nothing to say."""
    if act.name == "take":
        return {"to": sub}
    text = values.get(act.field, "").strip() if act.field else ""
    return {act.field: text} if text else None
