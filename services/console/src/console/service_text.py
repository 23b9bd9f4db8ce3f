"""What a service says by a stable code, to be shown in the reader's words. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

About = Literal[
    "reason", "fault", "history", "why", "justification", "event", "event_part", "mail_reason"
]
URN: Final = "urn:opsdesk:error:"
Facts = Mapping[str, str]
NO_FACTS: Final[Facts] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ServiceText:
    """A sentence of a service: `code` in lower case, its own `english` words, and the `facts` that came with it.

    `about`: what kind of sentence it is, as the catalogue has them: why something was not done, what is wrong
    with a field, which `of_field` names then, what happened, or why something waits.
    """

    code: str
    english: str
    facts: Facts = field(default_factory=lambda: NO_FACTS)
    about: About = "reason"
    of_field: str = ""


Sentence = str | ServiceText
"""A sentence of ours, which is a message id, or one of a service."""


def text_of_problem(answer: Any) -> ServiceText:
    """Return what a problem (RFC 9457) says: its first fault, where it names faults of fields. Nothing, for another answer."""
    problem: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    if faults := faults_of(problem):
        return faults[0][1]
    english = str(problem.get("detail") or problem.get("title") or "")
    return ServiceText(_code(problem), english, _facts(problem))


def faults_of(problem: Mapping[str, Any]) -> list[tuple[str, ServiceText]]:
    """Return what a problem says of fields: the name of each, "" for the whole, and the sentence.

    A check of a message says beside its faults (`findings`) which place it means: that is quoted.
    """
    errors = [one for one in _list(problem, "errors") if isinstance(one, dict)]
    findings = _list(problem, "findings")
    quoted = findings if len(findings) == len(errors) else [None] * len(errors)
    return [
        (_steps(one)[0], fault_of(one, finding))
        for one, finding in zip(errors, quoted, strict=True)
    ]


def fault_of(error: Mapping[str, Any], finding: Any = None) -> ServiceText:
    """Return what one of the `errors` of a problem says, with the place that its `finding` quotes."""
    names = [step for step in _steps(error) if not step.isdecimal()]
    code, english = str(error.get("code", "")), str(error.get("detail", ""))
    return ServiceText(code, english, _quote(finding), "fault", names[-1] if names else "")


def text_of_justification(reason: Mapping[str, Any]) -> ServiceText | str:
    """Return why a criterion is not met: the gate's own sentence, or what a person wrote."""
    code, english = reason.get("justification_code"), str(reason["justification"])
    if not code:
        return english
    return ServiceText(code, english, reason.get("parameters") or NO_FACTS, "justification")


def text_of_act(allowed: Mapping[str, Any]) -> ServiceText | None:
    """Return why an act of `allowed` is not possible now; None where it is."""
    why_not = allowed.get("why_not")
    if not isinstance(why_not, dict):
        return None
    code = str(why_not.get("code", "")).lower()
    return ServiceText(code, str(why_not.get("detail", "")), _facts(why_not))


def _code(problem: Mapping[str, Any]) -> str:
    if problem.get("permission"):
        return "permission_missing"
    kind = str(problem.get("type") or "").removeprefix(URN).replace("-", "_")
    return str(problem.get("code") or kind).lower()


def _facts(text: Mapping[str, Any]) -> Facts:
    given = text.get("parameters")
    if not isinstance(given, dict):
        return NO_FACTS
    return {str(name): str(value) for name, value in given.items()}


def _steps(error: Mapping[str, Any]) -> list[str]:
    """Return the steps of its JSON pointer, the outermost member first; one empty step for the whole."""
    return str(error.get("pointer", "")).strip("/").split("/")


def _quote(finding: Any) -> Facts:
    quote = finding.get("quote") if isinstance(finding, dict) else None
    return {"quote": str(quote)} if quote else NO_FACTS


def _list(problem: Mapping[str, Any], name: str) -> list[Any]:
    given = problem.get(name)
    return given if isinstance(given, list) else []
