"""What people do with a delivery: the one table of its acts. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from console.forms.fields import Field


@dataclass(frozen=True, slots=True)
class DeliveryAct:
    """An act. `name` ends the addresses of the form and of the API; `code` is its name in `allowed`."""

    name: str
    code: str
    fields: tuple[Field, ...] = ()
    style: str = ""


_APPROVED: Final = Field("digest", "line", needed=True, label="rolled_out_digest", hint="digest")
_RUNS: Final = Field("digest", "line", needed=True, label="running_digest", hint="running_digest")
ACTS: Final = {
    one.name: one
    for one in (
        DeliveryAct("start", "start", (_APPROVED,)),
        DeliveryAct("rolled-out", "rolled_out"),
        DeliveryAct("verify", "verify", (_RUNS,)),
        DeliveryAct(
            "fail",
            "fail",
            (
                Field("justification", "text", needed=True, label="what_failed"),
                Field("evidence", "line", hint="evidence"),
            ),
            "danger",
        ),
        DeliveryAct("withdraw", "withdraw", (), "second"),
    )
}


def prefilled(name: str, delivery: Any) -> dict[str, str]:
    """Return what the form of an act says before anybody has typed.

    What is going to be rolled out is what was approved, unless somebody says otherwise. What runs is not known
    before somebody has looked.
    """
    return {"digest": delivery["digest"] or ""} if name == "start" else {}
