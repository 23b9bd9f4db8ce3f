"""`allowed` in responses: what the caller may do now, and why not the rest."""

from collections.abc import Iterable

from common.domain.allowed_act import AllowedAct
from common.http.models import ResponseModel


class WhyNot(ResponseModel):
    """Why an act is not possible now: a stable `code` with its `parameters`, and the same in words."""

    code: str
    parameters: dict[str, str]
    detail: str


class Allowed(ResponseModel):
    """An act, and whether the caller may do it now. `why_not` is null where they may."""

    act: str
    possible: bool
    why_not: WhyNot | None


def to_allowed(acts: Iterable[AllowedAct]) -> list[Allowed]:
    """The acts as a response shows them."""
    return [_to_allowed(act) for act in acts]


def _to_allowed(act: AllowedAct) -> Allowed:
    if act.why_not is None:
        return Allowed(act=act.act, possible=True, why_not=None)
    why_not = WhyNot(
        code=act.why_not.lower(), parameters=dict(act.parameters), detail=act.detail or ""
    )
    return Allowed(act=act.act, possible=False, why_not=why_not)
