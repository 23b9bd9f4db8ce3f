"""The June in which everybody writes: who writes, which words, and for whom."""

from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.audience_marks import Marks

STAFF, OF_ACME, OF_BRIGHTWATER = "staff", "acme", "brightwater"


@dataclass(slots=True)
class June:
    """Who wrote, the words, and what the parameters of paths may be."""

    database: Database
    theo: AsyncClient
    gina: AsyncClient
    dana: AsyncClient
    anna: AsyncClient
    signer: AsyncClient
    marks: Marks = field(default_factory=Marks)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def word(self, written_in: str, audience: str = STAFF) -> str:
        return self.marks.word(written_in, audience)

    def note(self, parameter: str, *values: str) -> None:
        self.ids.setdefault(parameter, []).extend(values)


def done(answer: Response) -> dict[str, Any]:
    """Return the body of an answer. Raises AssertionError for a refusal."""
    assert answer.is_success, f"{answer.request.method} {answer.url}: {answer.text}"
    body: dict[str, Any] = answer.json() if answer.content else {}
    return body
